// simple-cnn with a convolution more, paid for by a narrower dense layer: as many parameters, three
// times the work. The default model is one.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

Graph make(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(16, 3), relu(), max_pool(2),                       // [N, 16, 14, 14]
           conv(32, 3), relu(), conv(48, 3), relu(), max_pool(2),  // [N, 48, 7, 7]
           conv(64, 3), relu(), max_pool(2),                       // [N, 64, 3, 3]
           flatten(),                                              // [N, 576]
           dense(96), relu(), dense(s.classes)}};                  // [N, classes]
}

}  // namespace

Architectures deep_cnn() {
  return {{"deep-cnn", "simple-cnn with a fourth convolution, dense 96", make}};
}

}  // namespace zoo
