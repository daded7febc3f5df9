// The loops that oneDNN has no fast form of: the first layer, whose picture has one channel or few,
// the weight gradients of convolutions in bf16, pools with the activation before them, batch norm,
// the mean of a map, sums, and what is done to flat weights.
//
// Feature maps are blocked by 16 channels, [N, ceil(C / 16), H, W, 16], as oneDNN's nChw16c; what
// the last block has beyond C is 0. Numbers are float or bf16. The same source is compiled for each
// instruction set that matters (kernels.cpp); kernels() gives what this processor runs fastest.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nn {

// The upper half of a float.
struct bf16 {
  std::uint16_t bits;
};

inline constexpr int lanes = 16;

// A 2x2 pool leaves for each number where it stood in its window, row by row, or this where the
// ReLU stopped it.
inline constexpr std::uint8_t stopped = 4;

// A convolution of few channels, perhaps followed by ReLU and a 2x2 max-pool.
struct Stem {
  int batch, channels, height, width;  // of the picture
  int outputs;                         // channels
  int kernel, padding;                 // a square; stride 1; kernel is 3 or 5
  bool pool;                           // ReLU and max-pool 2 follow

  int blocks() const { return (outputs + lanes - 1) / lanes; }
  int taps() const { return channels * kernel * kernel; }
  int rows() const { return height + 2 * padding - kernel + 1; }  // before the pool
  int columns() const { return width + 2 * padding - kernel + 1; }
  // Of the picture with its border; behind it there is room to read a register too far.
  std::size_t padded_size() const {
    return std::size_t(channels) * std::size_t(height + 2 * padding) *
               std::size_t(width + 2 * padding) +
           lanes;
  }
};

// A convolution of whole blocks of channels, stride 1, one group, whose weight gradient is wanted.
struct ConvWeights {
  int batch, inputs, height, width;  // of what it reads; inputs: channels, blocks * 16
  int outputs;                       // channels, blocks * 16
  int kernel, padding;               // a square; 3 or 5

  int rows() const { return height + 2 * padding - kernel + 1; }
  int columns() const { return width + 2 * padding - kernel + 1; }
  // Numbers of the map of a picture with its border, and of the gradient.
  std::size_t map_size() const {
    return std::size_t(inputs) * std::size_t(height + 2 * padding) *
           std::size_t(width + 2 * padding);
  }
  std::size_t gradient_size() const {
    return std::size_t(outputs) * std::size_t(rows()) * std::size_t(columns());
  }
};

// A 2x2 max-pool over planes of [height, width, 16]; what an odd side leaves over is dropped.
struct Pool {
  int planes, height, width;  // planes = N * blocks
  bool relu;                  // follows, or came before: the same
};

// Planes of [positions, 16]: planes = N * blocks.
struct Plane {
  int planes, positions;
};

// A batch norm, on maps of [batch, blocks, positions, 16]: these may be a part of the pictures that
// it is over.
struct BatchNorm {
  int batch, blocks, positions;
  bool relu;  // follows
  float epsilon;

  std::size_t map_size() const { return std::size_t(positions) * lanes; }
};

// [blocks, 16] each; the variance is that of the numbers themselves, divided by N.
struct NormWeights {
  const float *gamma, *beta, *mean, *variance;
};

// A step of Adam on n weights (adam.h).
struct AdamStep {
  float beta1, beta2, epsilon;
  float mean_scale, variance_scale;  // undo the bias of the first steps
  float rate, decay;                 // learning rate; learning rate * weight decay
};

// Those on maps of T, float or bf16.
template <class T>
struct MapKernels {
  // x [N, channels, H, W]; w [blocks, taps, 16]; bias [blocks, 16]; y blocked; where: as y, bytes
  // (only with a pool); scratch: padded_size() floats.
  void (*stem_forward)(const Stem&, const float* x, const float* w, const float* bias, T* y,
                       std::uint8_t* where, float* scratch);
  // Adds to dw [blocks, taps, 16] and dbias [blocks, 16].
  void (*stem_backward)(const Stem&, const float* x, const T* dy, const std::uint8_t* where,
                        float* dw, float* dbias, float* scratch);

  void (*pool_forward)(const Pool&, const T* x, T* y, std::uint8_t* where);
  void (*pool_backward)(const Pool&, const T* dy, const std::uint8_t* where, T* dx);

  // The mean of each plane, [planes, 16].
  void (*mean_forward)(const Plane&, const T* x, T* y);
  void (*mean_backward)(const Plane&, const T* dy, T* dx);

  // y = gamma (x - mean) / sqrt(variance + epsilon) + beta, and perhaps ReLU. The mean and the
  // variance come from sums [3, blocks, 16] over the pictures: of their means, of those' squares,
  // and of the squared distances from them, which the first function adds to.
  void (*norm_sums)(const BatchNorm&, const T* x, double* sums);
  void (*norm_forward)(const BatchNorm&, const NormWeights&, const T* x, T* y);
  // Adds the gradients at beta and at gamma to sums [2, blocks, 16]. From those over all pictures
  // comes the gradient at x; share: 1 / (N * positions), of all N pictures. dx may be dy.
  void (*norm_gradient_sums)(const BatchNorm&, const NormWeights&, const T* x, const T* dy,
                             double* sums);
  void (*norm_backward)(const BatchNorm&, const NormWeights&, const T* x, const T* dy,
                        const float* dgamma, const float* dbeta, float share, T* dx);

  // sum = a + b, of n numbers, and perhaps ReLU; sum may be a or b.
  void (*add)(std::size_t n, bool relu, const T* a, const T* b, T* sum);
};

struct Kernels {
  const char* instructions;
  MapKernels<float> floats;
  MapKernels<bf16> halves;

  // Adds to dw [outputs / 16, inputs, kernel, kernel, 16] and dbias [outputs]; x and dy blocked;
  // scratch: map_size() + gradient_size() words. Null where bf16 is not multiplied.
  void (*conv_weights_bf16)(const ConvWeights&, const bf16* x, const bf16* dy, float* dw,
                            float* dbias, std::uint32_t* scratch);

  // p = softmax(x / temperature), [n]; returns log(sum of exp(x / temperature)).
  float (*softmax)(std::size_t n, const float* x, float temperature, float* p);
  void (*adam)(const AdamStep&, std::size_t n, const float* gradient, float* weights, float* mean,
               float* variance);
};

const Kernels& kernels();

}  // namespace nn
