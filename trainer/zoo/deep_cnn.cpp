// Twice as deep as simple-cnn, for the same number of parameters: the weights that simple-cnn has
// in its first dense layer are convolutions here. Six times the work. Takes any side.
#include "trainer/zoo/zoo.h"

namespace zoo {

nn::Graph deep_cnn(int side, int classes) {
  using namespace nn;
  return {.input = {1, side, side},
          .layers = {conv(24, 3), relu(), conv(24, 3), relu(), max_pool(2),  // [N, 24, 14, 14]
                     conv(48, 3), relu(), conv(48, 3), relu(), max_pool(2),  // [N, 48, 7, 7]
                     conv(96, 3), relu(), conv(152, 1), relu(),              // [N, 152, 7, 7]
                     global_average_pool(), flatten(), dense(classes)}};     // [N, classes]
}

}  // namespace zoo
