// The classic small network of drawing games: 110,052 parameters at 100 classes and side 28.
#include "trainer/zoo/zoo.h"

namespace zoo {

nn::Graph simple_cnn(int side, int classes) {
  using namespace nn;
  return {.input = {1, side, side},
          .layers = {conv(16, 3), relu(), max_pool(2),      // [N, 16, 14, 14]
                     conv(32, 3), relu(), max_pool(2),      // [N, 32, 7, 7]
                     conv(64, 3), relu(), max_pool(2),      // [N, 64, 3, 3]
                     flatten(),                             // [N, 576]
                     dense(128), relu(), dense(classes)}};  // [N, classes]
}

}  // namespace zoo
