// LeNet-5 (LeCun et al. 1998, "Gradient-based learning applied to document recognition") with ReLU
// and max-pools: 203,172, 201,993 and 10,160 parameters at 100 classes and side 28.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

Graph lenet_5(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(6, 5), relu(), max_pool(2),                   // [N, 6, 14, 14]
           conv(16, 5, {.padding = 0}), relu(), max_pool(2),  // [N, 16, 5, 5]
           flatten(),                                         // [N, 400]
           dense(300), relu(), dense(200), relu(), dense(s.classes)}};
}

// A 1x1 convolution makes the second layer's input narrower.
Graph lenet_k1k3(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(6, 5), relu(), max_pool(2),                   // [N, 6, 14, 14]
           conv(3, 1), relu(),                                // [N, 3, 14, 14]
           conv(16, 5, {.padding = 0}), relu(), max_pool(2),  // [N, 16, 5, 5]
           flatten(), dense(300), relu(), dense(200), relu(), dense(s.classes)}};
}

// The mean of each channel takes the place of the two large dense layers.
Graph lenet_gap(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(6, 5), relu(), max_pool(2),                   // [N, 6, 14, 14]
           conv(16, 5, {.padding = 0}), relu(), max_pool(2),  // [N, 16, 5, 5]
           global_average_pool(), flatten(),                  // [N, 16]
           dense(64), relu(), dense(s.classes)}};
}

}  // namespace

Architectures lenet() {
  return {{"lenet", "5x5 convolutions, dense 300 and 200", lenet_5},
          {"lenet-k1k3", "with a 1x1 convolution before the second 5x5", lenet_k1k3},
          {"lenet-gap", "global average pooling in place of the large dense layers", lenet_gap}};
}

}  // namespace zoo
