// The only file that knows oneDNN (2.6). Each layer is a function that appends its forward
// primitive and returns a closure that appends its backward primitives; the closures are called in
// reverse order.
#include "trainer/nn/net.h"

#include <dlfcn.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace nn {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using tag = dnnl::memory::format_tag;

namespace {

using Arguments = std::unordered_map<int, memory>;

struct Call {
  dnnl::primitive primitive;
  Arguments arguments;
};

memory::desc floats(const memory::dims& dims, tag layout) {
  return {dims, memory::data_type::f32, layout};
}

std::span<float> span_of(const memory& m) {
  return {static_cast<float*>(m.get_data_handle()), m.get_desc().get_size() / sizeof(float)};
}

// Moves each ReLU behind the max-pool that follows it.
std::vector<std::size_t> execution_order(const Graph& graph) {
  std::vector<std::size_t> order(graph.layers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = 0; i + 1 < order.size(); ++i)
    if (graph.layers[order[i]].kind == Kind::relu &&
        graph.layers[order[i + 1]].kind == Kind::max_pool)
      std::swap(order[i], order[i + 1]);
  return order;
}

struct Convolution {
  using Forward = dnnl::convolution_forward;
  using DataBackward = dnnl::convolution_backward_data;
  using WeightsBackward = dnnl::convolution_backward_weights;
};

struct InnerProduct {
  using Forward = dnnl::inner_product_forward;
  using DataBackward = dnnl::inner_product_backward_data;
  using WeightsBackward = dnnl::inner_product_backward_weights;
};

// A slice of the flat weights (or gradients) in its plain layout, and the reorder between it and
// the memory of a primitive. Its address is set when it is used.
struct Transfer {
  std::size_t at;
  memory plain;
  Call call;
};

}  // namespace

struct Net::Program {
  Program(const Graph& graph, int n_pictures, Mode net_mode);

  // Given the gradient at a layer's output, appends its backward primitives and returns the
  // gradient at its input.
  using Backward = std::function<memory(memory)>;

  Backward conv(const Layer& layer, const WeightRange& range, bool first, bool with_relu);
  Backward dense(const Layer& layer, const WeightRange& range, bool first, bool with_relu);
  template <class Operation, class WeightsPass, class DataPass>
  Backward weighted(const typename Operation::Forward::primitive_desc& fwd,
                    const memory::dims& kernel, const WeightRange& range, bool first,
                    bool with_relu, const WeightsPass& weights_pass, const DataPass& data_pass);
  Backward pool(algorithm kind, const memory::dims& kernel, const memory::dims& stride);
  Backward relu();

  memory zeros(const memory::desc& desc);
  memory in_layout(const memory& from, const memory::desc& wanted, std::vector<Call>& calls);
  void append(std::vector<Call>& calls, const dnnl::primitive& primitive,
              const memory::desc& scratch, Arguments arguments);
  Call reorder(const memory& from, const memory& to);
  memory weights_in(const memory::desc& wanted, const memory::dims& dims, std::size_t at);
  void gradient_out(const memory& from, const memory::dims& dims, std::size_t at);
  memory relu_gradient(const memory& output, const memory& output_gradient);
  dnnl::primitive_attr attributes(bool with_relu) const;
  prop_kind forward_kind() const {
    return mode == Mode::training ? prop_kind::forward_training : prop_kind::forward_inference;
  }
  void run(const std::vector<Call>& calls);

  int batch;
  Mode mode;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<Transfer> loads, stores;
  std::vector<Call> forward, backward;
  memory input, current, logits, logit_gradient;
  std::vector<memory> scratchpads;
  memory scratch;
};

Net::Program::Program(const Graph& graph, int n_pictures, Mode net_mode)
    : batch(n_pictures), mode(net_mode) {
  const std::vector<WeightRange> ranges = weight_ranges(graph);  // checks the shapes too
  const Shape& in = graph.input;
  input = current = zeros(floats({batch, in.channels, in.height, in.width}, tag::nchw));

  const std::vector<std::size_t> order = execution_order(graph);
  std::vector<Backward> backwards;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Layer& layer = graph.layers[order[k]];
    const WeightRange& range = ranges[order[k]];
    const bool first = backwards.empty();
    const bool with_relu = k + 1 < order.size() && graph.layers[order[k + 1]].kind == Kind::relu;
    const memory::dims dims = current.get_desc().dims();
    switch (layer.kind) {
      case Kind::conv:
        backwards.push_back(conv(layer, range, first, with_relu));
        k += with_relu;
        break;
      case Kind::dense:
        backwards.push_back(dense(layer, range, first, with_relu));
        k += with_relu;
        break;
      case Kind::max_pool:
        backwards.push_back(pool(algorithm::pooling_max, {layer.kernel, layer.kernel},
                                 {layer.stride, layer.stride}));
        break;
      case Kind::global_average_pool:
        backwards.push_back(
            pool(algorithm::pooling_avg_exclude_padding, {dims[2], dims[3]}, {1, 1}));
        break;
      case Kind::relu:
        backwards.push_back(relu());
        break;
      case Kind::flatten:  // dense layers take feature maps as they are
        break;
    }
  }

  const memory::dims out = current.get_desc().dims();  // [N, C] or [N, C, H, W]
  const memory::desc plain = floats(out, out.size() == 4 ? tag::nchw : tag::nc);
  logits = in_layout(current, plain, forward);
  if (mode == Mode::training) {
    logit_gradient = zeros(plain);
    memory gradient = logit_gradient;
    for (auto step = backwards.rbegin(); step != backwards.rend(); ++step)
      gradient = (*step)(gradient);
  }

  // Primitives run one after another, so one scratchpad of the largest size serves all.
  std::size_t largest = 0;
  for (const memory& pad : scratchpads) largest = std::max(largest, pad.get_desc().get_size());
  scratch = memory(memory::desc({memory::dim(largest) + 1}, memory::data_type::u8, tag::a), engine);
  for (const memory& pad : scratchpads) pad.set_data_handle(scratch.get_data_handle());
}

// y[n, o, y, x] = b[o] + sum over i, u, v of w[o, i, u, v] x[n, i, y*stride + u - padding, ...]
Net::Program::Backward Net::Program::conv(const Layer& layer, const WeightRange& range, bool first,
                                          bool with_relu) {
  const memory::dims in = current.get_desc().dims();  // [N, C, H, W]
  const int window = layer.kernel - 2 * layer.padding;
  const memory::dims out = {batch, layer.outputs, (in[2] - window) / layer.stride + 1,
                            (in[3] - window) / layer.stride + 1};
  memory::dims kernel = {layer.outputs, in[1] / layer.groups, layer.kernel, layer.kernel};
  if (layer.groups > 1) {
    kernel[0] /= layer.groups;
    kernel.insert(kernel.begin(), layer.groups);
  }
  const memory::desc x_any = floats(in, tag::any), w_any = floats(kernel, tag::any),
                     y_any = floats(out, tag::any), b_plain = floats({layer.outputs}, tag::x);
  const memory::dims stride = {layer.stride, layer.stride};
  const memory::dims padding = {layer.padding, layer.padding};
  const auto direct = algorithm::convolution_direct;

  const Convolution::Forward::primitive_desc fwd(
      {forward_kind(), direct, x_any, w_any, b_plain, y_any, stride, padding, padding},
      attributes(with_relu), engine);
  return weighted<Convolution>(
      fwd, kernel, range, first, with_relu,
      [=, this] {
        return Convolution::WeightsBackward::primitive_desc(
            {direct, x_any, w_any, b_plain, y_any, stride, padding, padding}, attributes(false),
            engine, fwd);
      },
      [=, this] {
        return Convolution::DataBackward::primitive_desc(
            {direct, x_any, w_any, y_any, stride, padding, padding}, attributes(false), engine,
            fwd);
      });
}

// y[n, o] = b[o] + sum over i of w[o, i] x[n, i], where i runs over channels, rows and columns
Net::Program::Backward Net::Program::dense(const Layer& layer, const WeightRange& range, bool first,
                                           bool with_relu) {
  const memory::dims in = current.get_desc().dims();  // [N, C] or [N, C, H, W]
  memory::dims kernel = in;
  kernel[0] = layer.outputs;
  const memory::desc x_any = floats(in, tag::any), w_any = floats(kernel, tag::any),
                     y_plain = floats({batch, layer.outputs}, tag::nc),
                     b_plain = floats({layer.outputs}, tag::x);

  const InnerProduct::Forward::primitive_desc fwd({forward_kind(), x_any, w_any, b_plain, y_plain},
                                                  attributes(with_relu), engine);
  return weighted<InnerProduct>(
      fwd, kernel, range, first, with_relu,
      [=, this] {
        return InnerProduct::WeightsBackward::primitive_desc({x_any, w_any, b_plain, y_plain},
                                                             attributes(false), engine, fwd);
      },
      [=, this] {
        return InnerProduct::DataBackward::primitive_desc({x_any, w_any, y_plain},
                                                          attributes(false), engine, fwd);
      });
}

// What convolutions and dense layers have in common: the weights and their gradients, a ReLU after
// them, and the gradient at their input unless they come first. `weights_pass` and `data_pass` give
// the descriptors of the two backward primitives.
template <class Operation, class WeightsPass, class DataPass>
Net::Program::Backward Net::Program::weighted(
    const typename Operation::Forward::primitive_desc& fwd, const memory::dims& kernel,
    const WeightRange& range, bool first, bool with_relu, const WeightsPass& weights_pass,
    const DataPass& data_pass) {
  const memory::dims bias = {memory::dim(range.bias_size)};
  const memory::desc b_plain = floats(bias, tag::x);
  const memory x = in_layout(current, fwd.src_desc(), forward);
  const memory y = zeros(fwd.dst_desc());
  append(forward, typename Operation::Forward(fwd), fwd.scratchpad_desc(),
         {{DNNL_ARG_SRC, x},
          {DNNL_ARG_WEIGHTS, weights_in(fwd.weights_desc(), kernel, range.kernel_at)},
          {DNNL_ARG_BIAS, weights_in(b_plain, bias, range.bias_at)},
          {DNNL_ARG_DST, y}});
  current = y;

  return [=, this](memory dy) {
    if (with_relu) dy = relu_gradient(y, dy);
    const auto dw = weights_pass();
    const memory kernel_gradient = zeros(dw.diff_weights_desc()), bias_gradient = zeros(b_plain);
    append(backward, typename Operation::WeightsBackward(dw), dw.scratchpad_desc(),
           {{DNNL_ARG_SRC, in_layout(x, dw.src_desc(), backward)},
            {DNNL_ARG_DIFF_DST, in_layout(dy, dw.diff_dst_desc(), backward)},
            {DNNL_ARG_DIFF_WEIGHTS, kernel_gradient},
            {DNNL_ARG_DIFF_BIAS, bias_gradient}});
    gradient_out(kernel_gradient, kernel, range.kernel_at);
    gradient_out(bias_gradient, bias, range.bias_at);
    if (first) return memory();

    const auto dx = data_pass();
    memory x_gradient = zeros(dx.diff_src_desc());
    append(backward, typename Operation::DataBackward(dx), dx.scratchpad_desc(),
           {{DNNL_ARG_DIFF_DST, in_layout(dy, dx.diff_dst_desc(), backward)},
            {DNNL_ARG_WEIGHTS, weights_in(dx.weights_desc(), kernel, range.kernel_at)},
            {DNNL_ARG_DIFF_SRC, x_gradient}});
    return x_gradient;
  };
}

// The largest, or the mean, of each window.
Net::Program::Backward Net::Program::pool(algorithm kind, const memory::dims& kernel,
                                          const memory::dims& stride) {
  using Forward = dnnl::pooling_forward;

  const memory x = current;
  const memory::dims in = x.get_desc().dims();  // [N, C, H, W]
  const memory::dims out = {in[0], in[1], (in[2] - kernel[0]) / stride[0] + 1,
                            (in[3] - kernel[1]) / stride[1] + 1};
  const memory::dims no_padding = {0, 0};
  const Forward::primitive_desc fwd({forward_kind(), kind, x.get_desc(), floats(out, tag::any),
                                     stride, kernel, no_padding, no_padding},
                                    attributes(false), engine);
  const memory y = zeros(fwd.dst_desc());
  Arguments arguments = {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}};
  // Where each maximum stood, for the way back.
  memory places;
  if (mode == Mode::training && kind == algorithm::pooling_max) {
    places = memory(fwd.workspace_desc(), engine);
    arguments.emplace(DNNL_ARG_WORKSPACE, places);
  }
  append(forward, Forward(fwd), fwd.scratchpad_desc(), arguments);
  current = y;

  return [=, this](const memory& dy) {
    const dnnl::pooling_backward::primitive_desc dx(
        {kind, x.get_desc(), y.get_desc(), stride, kernel, no_padding, no_padding},
        attributes(false), engine, fwd);
    const memory x_gradient = zeros(dx.diff_src_desc());
    Arguments reverse = {{DNNL_ARG_DIFF_DST, in_layout(dy, dx.diff_dst_desc(), backward)},
                         {DNNL_ARG_DIFF_SRC, x_gradient}};
    if (places) reverse.emplace(DNNL_ARG_WORKSPACE, places);
    append(backward, dnnl::pooling_backward(dx), dx.scratchpad_desc(), reverse);
    return x_gradient;
  };
}

// y = max(x, 0), in place.
Net::Program::Backward Net::Program::relu() {
  using Forward = dnnl::eltwise_forward;
  const memory y = forward.empty() ? zeros(current.get_desc()) : current;
  const Forward::primitive_desc fwd(
      {forward_kind(), algorithm::eltwise_relu, y.get_desc(), 0.0f, 0.0f}, attributes(false),
      engine);
  append(forward, Forward(fwd), fwd.scratchpad_desc(),
         {{DNNL_ARG_SRC, current}, {DNNL_ARG_DST, y}});
  current = y;
  return [=, this](const memory& dy) { return relu_gradient(y, dy); };
}

// dx = dy where y > 0, else 0, in place where the layouts agree.
memory Net::Program::relu_gradient(const memory& output, const memory& output_gradient) {
  const memory::desc desc = output.get_desc();
  const auto kind = algorithm::eltwise_relu_use_dst_for_bwd;
  const dnnl::eltwise_forward::primitive_desc hint({forward_kind(), kind, desc, 0.0f, 0.0f},
                                                   engine);
  const dnnl::eltwise_backward::primitive_desc dx({kind, desc, desc, 0.0f, 0.0f}, attributes(false),
                                                  engine, hint);
  const memory dy = in_layout(output_gradient, desc, backward);
  append(backward, dnnl::eltwise_backward(dx), dx.scratchpad_desc(),
         {{DNNL_ARG_DST, output}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dy}});
  return dy;
}

memory Net::Program::zeros(const memory::desc& desc) {
  memory m(desc, engine);
  std::memset(m.get_data_handle(), 0, desc.get_size());
  return m;
}

memory Net::Program::in_layout(const memory& from, const memory::desc& wanted,
                               std::vector<Call>& calls) {
  if (from.get_desc() == wanted) return from;
  const memory to = zeros(wanted);
  calls.push_back(reorder(from, to));
  return to;
}

void Net::Program::append(std::vector<Call>& calls, const dnnl::primitive& primitive,
                          const memory::desc& scratch_desc, Arguments arguments) {
  scratchpads.emplace_back(scratch_desc, engine, nullptr);
  arguments.emplace(DNNL_ARG_SCRATCHPAD, scratchpads.back());
  calls.push_back({primitive, std::move(arguments)});
}

Call Net::Program::reorder(const memory& from, const memory& to) {
  const dnnl::reorder::primitive_desc pd(from, to, attributes(false));
  scratchpads.emplace_back(pd.scratchpad_desc(), engine, nullptr);
  return {dnnl::reorder(pd),
          {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}, {DNNL_ARG_SCRATCHPAD, scratchpads.back()}}};
}

// Memory in the layout that a primitive wants, filled from the flat weights by load().
memory Net::Program::weights_in(const memory::desc& wanted, const memory::dims& dims,
                                std::size_t at) {
  constexpr tag plain_tags[] = {tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde};
  const memory plain(floats(dims, plain_tags[dims.size() - 1]), engine, nullptr);
  const memory to = zeros(wanted);
  loads.push_back({at, plain, reorder(plain, to)});
  return to;
}

// Has backward() bring a gradient into its place in the flat gradient.
void Net::Program::gradient_out(const memory& from, const memory::dims& dims, std::size_t at) {
  constexpr tag plain_tags[] = {tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde};
  const memory plain(floats(dims, plain_tags[dims.size() - 1]), engine, nullptr);
  stores.push_back({at, plain, reorder(from, plain)});
}

dnnl::primitive_attr Net::Program::attributes(bool with_relu) const {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (with_relu) {
    dnnl::post_ops after;
    after.append_eltwise(1.0f, algorithm::eltwise_relu, 0.0f, 0.0f);
    attr.set_post_ops(after);
  }
  return attr;
}

void Net::Program::run(const std::vector<Call>& calls) {
  for (const Call& call : calls) call.primitive.execute(stream, call.arguments);
  stream.wait();
}

Net::Net(const Graph& graph, int batch, Mode mode)
    : program_(std::make_unique<Program>(graph, batch, mode)) {}
Net::~Net() = default;

int Net::batch() const {
  return program_->batch;
}
std::span<float> Net::input() {
  return span_of(program_->input);
}
std::span<const float> Net::logits() const {
  return span_of(program_->logits);
}
std::span<float> Net::logit_gradient() {
  return span_of(program_->logit_gradient);
}

void Net::load(std::span<const float> weights) {
  for (const Transfer& transfer : program_->loads) {
    transfer.plain.set_data_handle(const_cast<float*>(weights.data()) + transfer.at);
    transfer.call.primitive.execute(program_->stream, transfer.call.arguments);
  }
  program_->stream.wait();
}

void Net::forward() {
  program_->run(program_->forward);
}

void Net::backward(std::span<float> gradient) {
  assert(program_->mode == Mode::training);
  program_->run(program_->backward);
  for (const Transfer& transfer : program_->stores) {
    transfer.plain.set_data_handle(gradient.data() + transfer.at);
    transfer.call.primitive.execute(program_->stream, transfer.call.arguments);
  }
  program_->stream.wait();
}

void begin_worker_thread() {
  // oneDNN runs on OpenMP where Debian built it; a build of it without OpenMP has no such function.
  using SetThreads = void (*)(int);
  if (void* symbol = ::dlsym(RTLD_DEFAULT, "omp_set_num_threads"))
    reinterpret_cast<SetThreads>(symbol)(1);
#if defined(__SSE__)
  constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
  _mm_setcsr(_mm_getcsr() | flush_to_zero | denormals_are_zero);
#endif
}

}  // namespace nn
