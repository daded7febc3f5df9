// Network in Network (Lin, Chen, Yan 2013): each convolution is followed by 1x1 convolutions, a
// small network at each pixel; the last one has a channel a class, whose means are the logits.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

Graph make(const Settings& s) {
  return {{1, s.side, s.side},
          {conv(32, 5), relu(), conv(32, 1), relu(), conv(16, 1), relu(), max_pool(2),
           // [N, 16, 14, 14]
           conv(64, 3), relu(), conv(64, 1), relu(), conv(32, 1), relu(), max_pool(2),
           // [N, 32, 7, 7]
           dropout(0.1f), conv(96, 3), relu(), conv(96, 1), relu(), conv(s.classes, 1),
           // [N, classes, 7, 7]
           global_average_pool(), flatten()}};
}

}  // namespace

Architectures nin() {
  return {{"nin", "Network in Network: 1x1 convolutions, a channel a class", make}};
}

}  // namespace zoo
