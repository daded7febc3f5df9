// The classic small networks of drawing games: 110,052, 106,236 and 29,796 parameters at 100
// classes and side 28.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

Graph simple_cnn(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(16, 3), relu(), max_pool(2),        // [N, 16, 14, 14]
           conv(32, 3), relu(), max_pool(2),        // [N, 32, 7, 7]
           conv(64, 3), relu(), max_pool(2),        // [N, 64, 3, 3]
           flatten(),                               // [N, 576]
           dense(128), relu(), dense(s.classes)}};  // [N, classes]
}

// A 1x1 convolution makes the third layer's input narrower.
Graph simple_k1k3(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(16, 3), relu(), max_pool(2),                       // [N, 16, 14, 14]
           conv(32, 3), relu(), max_pool(2),                       // [N, 32, 7, 7]
           conv(24, 1), relu(), conv(64, 3), relu(), max_pool(2),  // [N, 64, 3, 3]
           flatten(), dense(128), relu(), dense(s.classes)}};
}

// The mean of each channel takes the place of the large dense layer.
Graph simple_gap(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(16, 3), relu(), max_pool(2),                      // [N, 16, 14, 14]
           conv(32, 3), relu(), max_pool(2),                      // [N, 32, 7, 7]
           conv(64, 3), relu(), max_pool(2),                      // [N, 64, 3, 3]
           global_average_pool(), flatten(), dense(s.classes)}};  // [N, 64]
}

}  // namespace

Architectures simple() {
  return {{"simple-cnn", "three 3x3 convolutions with pools, dense 128", simple_cnn},
          {"simple-k1k3", "with a 1x1 convolution before the third 3x3", simple_k1k3},
          {"simple-gap", "global average pooling in place of the large dense layer", simple_gap}};
}

}  // namespace zoo
