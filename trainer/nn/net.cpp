// The only file that knows oneDNN (2.6). Each layer is a function that appends its forward calls
// and returns a closure that appends its backward calls; the closures are called in reverse order.
#include "trainer/nn/net.h"

#include <dlfcn.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/random.h"
#include "trainer/error.h"
#include "trainer/nn/kernels.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace nn {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using tag = dnnl::memory::format_tag;
using type = dnnl::memory::data_type;

namespace {

using Arguments = std::unordered_map<int, memory>;

// Something that a pass does, and for which layer: portion by portion of its pictures (from one
// call of the other kind to the next), or once all of them have come so far.
enum class How { by_portion, once };
struct Call {
  int layer;
  std::function<void()> run;
  How how;
};

// Numbers of each picture of a pass, of which `memory` is where those of a portion are.
struct OfPictures {
  dnnl::memory memory;
  std::byte* first;
  std::size_t size;  // of a portion's, in bytes
};

// A slice of the flat weights (or gradients), and what brings it to or from a primitive's memory.
struct Transfer {
  std::size_t at;
  std::function<void(float* slice)> run;
};

memory::desc plain(const memory::dims& dims, type data_type) {
  constexpr tag tags[] = {tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde};
  return {dims, data_type, tags[dims.size() - 1]};
}

template <class T>
T* data_of(const memory& m) {
  return static_cast<T*>(m.get_data_handle());
}

std::span<float> span_of(const memory& m) {
  return {data_of<float>(m), m.get_desc().get_size() / sizeof(float)};
}

// Calls visit(where in an array of `dims`, where in one of `room`, n) for each of its rows of n
// numbers: an array is the first part of a larger one in every dimension.
template <class Visit>
void for_each_row(const memory::dims& dims, const memory::dims& room, const Visit& visit) {
  memory::dims index(dims.size(), 0);
  const auto n = std::size_t(dims.back());
  for (std::size_t own = 0;; own += n) {
    std::size_t place = 0;
    for (std::size_t d = 0; d < dims.size(); ++d)
      place = place * std::size_t(room[d]) + std::size_t(index[d]);
    visit(own, place, n);
    std::size_t d = dims.size() - 1;
    do {
      if (d == 0) return;
      --d;
      index[d] = index[d] + 1 < dims[d] ? index[d] + 1 : 0;
    } while (index[d] == 0);
  }
}

// A call of a kernel on maps of that type: run(k), whose k has those for it.
template <class Run>
std::function<void()> on_maps(type of, const Run& run) {
  if (of == type::bf16) return [=] { run(kernels().halves); };
  return [=] { run(kernels().floats); };
}

// Of processor time that the calling thread has used.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// An activation as oneDNN's element-wise functions, forward and backward from the output.
struct Activation {
  algorithm forward, backward;
  float alpha = 0, beta = 0;
};

Activation activation_of(const Layer& layer) {
  if (layer.kind == Kind::relu6)
    return {algorithm::eltwise_clip_v2, algorithm::eltwise_clip_v2_use_dst_for_bwd, 0, 6};
  return {algorithm::eltwise_relu, algorithm::eltwise_relu_use_dst_for_bwd, layer.value, 0};
}

// What is computed together: a layer, and perhaps the activation behind it.
struct Step {
  std::size_t layer;
  std::optional<std::size_t> activation = {};
  int output = 0;  // the layer whose output it makes
};

bool is_half_pool(const Layer& layer) {
  return layer.kind == Kind::max_pool && layer.kernel == Size(2) && layer.stride == 2 &&
         layer.padding == Size(0);
}

// With AVX-512 oneDNN is fastest on maps blocked by 16 channels; but then the parts that a
// concatenation joins, and groups, must be whole blocks.
bool can_be_blocked(const Graph& graph, const std::vector<Shape>& shapes) {
  const auto isa = dnnl::get_effective_cpu_isa();
  using dnnl::cpu_isa;
  if (isa == cpu_isa::sse41 || isa == cpu_isa::avx || isa == cpu_isa::avx2 ||
      isa == cpu_isa::avx2_vnni)
    return false;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    if (layer.kind == Kind::concatenate)
      for (const int from : layer.inputs)
        if (from == picture || shapes[std::size_t(from)].channels % lanes != 0) return false;
    if (layer.groups == 1) continue;
    const int channels = input_shape(graph, shapes, i).channels;
    const bool by_channel = layer.groups == channels && layer.outputs == channels;
    if (!by_channel &&
        (channels / layer.groups % lanes != 0 || layer.outputs / layer.groups % lanes != 0))
      return false;
  }
  return true;
}

// Pictures of a portion of a pass of n, by which their activations stay in a core's cache of 1 or 2
// MiB from one layer to the next: the largest map takes half of one. All n where these can't be
// parted so; portions of half as many would cost more than they save.
int portion_of(const std::vector<Shape>& shapes, int n, type number) {
  constexpr std::size_t most = std::size_t{512} << 10;
  std::size_t largest = 1;
  for (const Shape& shape : shapes)
    largest = std::max(largest, shape.size() * memory::data_type_size(number));
  const int wanted = std::clamp(int(most / largest), 1, n);
  for (int portion = wanted; 2 * portion > wanted; --portion)
    if (n % portion == 0) return portion;
  return n;
}

// Are there batch norms, all of what comes from convolutions (not of the picture, or flat)?
bool norms_maps(const Graph& graph) {
  std::vector<bool> is_map;
  bool norms = false;
  for (const Layer& layer : graph.layers) {
    const int from = layer.inputs.front();
    const bool of_map = from != picture && is_map[std::size_t(from)];
    norms |= layer.kind == Kind::batch_norm;
    if (layer.kind == Kind::batch_norm && !of_map) return false;
    is_map.push_back(layer.kind == Kind::conv ||
                     (of_map && layer.kind != Kind::flatten && layer.kind != Kind::dense));
  }
  return norms;
}

// Does its backward pass have what it reads made again, or not read it?
bool can_read_passing(Kind kind) {
  return kind == Kind::conv || kind == Kind::max_pool || kind == Kind::average_pool ||
         kind == Kind::global_average_pool || kind == Kind::add;
}

bool takes_activation(Kind kind) {
  return !is_activation(kind) && kind != Kind::flatten && kind != Kind::dropout &&
         kind != Kind::concatenate && kind != Kind::quantize;
}

// The layers in order, each activation taken into the layer before it where nothing else reads that
// layer, or into the 2x2 max-pool behind it: the two commute, and there are a quarter of the
// numbers then.
std::vector<Step> steps_of(const Graph& graph) {
  const std::vector<std::vector<int>> readers = readers_of(graph);
  std::vector<bool> taken(graph.layers.size(), false);
  const auto only_reader = [&](std::size_t layer) -> std::optional<std::size_t> {
    if (readers[layer + 1].size() != 1) return {};
    return std::size_t(readers[layer + 1].front());
  };
  std::vector<Step> steps;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (taken[i]) continue;
    Step step{.layer = i, .output = int(i)};
    const std::optional<std::size_t> next = only_reader(i);
    if (is_activation(graph.layers[i].kind)) {
      if (next && is_half_pool(graph.layers[*next])) {
        step = {.layer = *next, .activation = i, .output = int(*next)};
        taken[*next] = true;
      }
    } else if (next && is_activation(graph.layers[*next].kind) &&
               takes_activation(graph.layers[i].kind)) {
      const std::optional<std::size_t> after = only_reader(*next);
      const bool pool_takes_it = after && is_half_pool(graph.layers[*after]);
      if (!pool_takes_it || is_half_pool(graph.layers[i])) {
        step.activation = next;
        step.output = int(*next);
        taken[*next] = true;
      }
    }
    steps.push_back(step);
  }
  return steps;
}

// A layer's kernel as it stands in the flat weights. The primitive's own may have larger dims,
// padded with zeros; or, with `order`, others altogether: those of the same numbers in the order in
// which that layout has them.
struct Kernel {
  memory::dims dims;
  std::optional<memory::desc> order = {};
};

// What the steps before and after see of a primitive's input and output, where it sees them as
// other arrays of the same numbers.
struct SeenAs {
  std::optional<memory::desc> input, output;
};

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

}  // namespace

bool has_tiles() {
  return dnnl::get_effective_cpu_isa() == dnnl::cpu_isa::avx512_core_amx;
}

bool multiplies_bf16() {
  return has_tiles() || dnnl::get_effective_cpu_isa() == dnnl::cpu_isa::avx512_core_bf16;
}

Precision fastest_precision() {
  return multiplies_bf16() ? Precision::bf16 : Precision::f32;
}

struct Net::Program {
  Program(const Graph& net_graph, int n_pictures, const Options& net_options);

  // Appends the calls that turn the gradient at a step's output into those at its inputs.
  using Backward = std::function<void()>;

  Backward build(const Step& step);
  Backward stem(const Step& conv_step, const Step* pool_step);
  Backward conv(const Step& step);
  Backward pointwise(const Step& step);
  Backward dense(const Step& step);
  Backward inner_product(const Step& step, const memory& x, const memory::desc& x_desc,
                         const memory::desc& y_desc, const memory::desc& dy_desc,
                         const Kernel& kernel, const SeenAs& seen = {});
  template <class Operation, class WeightsPass, class DataPass>
  Backward weighted(const Step& step, const memory& from_map,
                    const typename Operation::Forward::primitive_desc& fwd, const Kernel& kernel,
                    const WeightsPass& weights_pass, const DataPass& data_pass,
                    const SeenAs& seen = {});
  bool takes_tiles(const Step& step) const;
  bool has_own_weights_pass(const Step& step) const;
  void own_weights_pass(const Step& step, const memory& x, const memory& dy, const Kernel& kernel);
  Backward batch_norm(const Step& step);
  Backward blocked_norm(const Step& step);
  Backward half_pool(const Step& step);
  Backward mean_pool(const Step& step);
  Backward pool(const Step& step);
  Backward activation(const Step& step);
  Backward dropout(const Step& step);
  Backward add(const Step& step);
  Backward concatenate(const Step& step);
  Backward quantize(const Step& step);

  void count_channels();
  bool is_stem(const Layer& layer) const;
  const Step* reader_at_once(const Step& step) const;
  memory value(int layer) const { return values[std::size_t(layer + 1)].data; }
  memory input_of(const Step& step) const { return value(source_of(step)); }
  const Layer& layer_of(const Step& step) const { return graph.layers[step.layer]; }
  // The layer whose output a step reads: where the activation came before, what that would have.
  int source_of(const Step& step) const {
    const bool before = step.activation && *step.activation < step.layer;
    return graph.layers[before ? *step.activation : step.layer].inputs.front();
  }
  bool has_relu(const Step& step) const {
    return step.activation && graph.layers[*step.activation].kind == Kind::relu;
  }
  // The channels of the map that a step reads, without padding. A flattened map is still the map.
  int input_channels(const Step& step) const {
    return values[std::size_t(source_of(step) + 1)].channels;
  }
  void activate(const Step& step, const memory& y);
  void add_up(const memory& a, const memory& b, bool relu, const memory& sum,
              std::vector<Call>& calls);
  void statistics_out(const Step& step, const memory::dims& dims, const memory& mean,
                      const memory& variance);
  void set_output(const Step& step, const memory& data) {
    values[std::size_t(step.output + 1)].data = data;
  }

  // The gradient at a step's output. `exclusive`: nothing else reads it, so that it may be changed
  // in place.
  struct Gradient {
    memory data;
    bool exclusive = true;
  };
  Gradient gradient_of(const Step& step) const {
    return *values[std::size_t(step.output + 1)].gradient;
  }
  // dy: the gradient, or it in another layout.
  static bool may_change(const Gradient& gradient, const memory& dy) {
    return gradient.exclusive || dy.get() != gradient.data.get();
  }
  Gradient through_activation(const Step& step, const memory& output);
  void give_gradient(int layer, Gradient gradient);

  memory zeros(const memory::desc& desc);
  memory of_pictures(const memory::desc& desc);
  void turn_to(int number_of_portion);
  // Of all portions' pictures.
  std::span<float> of_all(const memory& m) const {
    return {data_of<float>(m), span_of(m).size() * std::size_t(portions)};
  }
  memory gradient_in(const memory::desc& desc);
  void release_gradient(int layer);
  memory in_layout(const memory& from, const memory::desc& wanted, std::vector<Call>& calls);
  void append(std::vector<Call>& calls, const dnnl::primitive& primitive,
              const memory::desc& scratch, Arguments arguments);
  void append(std::vector<Call>& calls, std::function<void()> run, How how = How::by_portion) {
    calls.push_back({building, std::move(run), how});
  }
  std::function<void()> reorder(const memory& from, const memory& to);
  memory weights_in(const memory::desc& wanted, const Kernel& kernel, std::size_t at);
  memory summed(const memory& gradient, How how = How::by_portion);
  memory sum_of(const memory::desc& desc);
  void gradient_out(const memory& from, const Kernel& kernel, std::size_t at);
  memory seen_as(const memory::desc& desc, const memory& m);
  void read_logits();
  memory vector_in(std::size_t at, std::size_t size, std::size_t padded_size);
  void vector_out(const memory& from, std::size_t at, std::size_t size);

  // Feature maps are blocked by 16 channels where that is fast, and then have a multiple of 16:
  // what is beyond the layer's own number is 0, since their weights are.
  memory::dim padded(int channels) const {
    return blocked ? (channels + lanes - 1) / lanes * lanes : channels;
  }
  memory::desc maps(const memory::dims& dims, bool channels_last = false) const {
    return {dims, number, channels_last ? tag::nhwc : blocked ? tag::nChw16c : tag::any};
  }
  bool is_blocked(const memory& map) const {
    const memory::desc desc = map.get_desc();
    return blocked && desc.dims().size() == 4 && desc == maps(desc.dims());
  }
  memory::desc any(const memory::dims& dims) const { return {dims, number, tag::any}; }
  // None, where the layer has no bias: its gradient takes oneDNN as long as that of a kernel.
  memory::desc bias(const Step& step, memory::dim outputs) const {
    return ranges[step.layer].bias_size > 0 ? plain({outputs}, type::f32) : memory::desc();
  }
  dnnl::primitive_attr attributes(const Step* step = nullptr) const;
  prop_kind forward_kind() const {
    return options.mode == Mode::training ? prop_kind::forward_training
                                          : prop_kind::forward_inference;
  }
  void run(std::vector<Call>& calls, bool is_forward);

  Graph graph;
  std::vector<Shape> shapes;
  std::vector<Step> steps;
  std::vector<WeightRange> ranges;
  bool blocked;  // feature maps are nChw16c
  Options options;
  type number;          // of activations
  int batch, portions;  // pictures of a portion, and how many of these a pass has
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  struct Value {
    int channels = 0;  // without padding
    memory data;
    std::function<void()> remake;  // in shared room (`passing`), where others have been since
    std::optional<Gradient> gradient;
  };
  std::vector<Value> values;           // the picture, then each layer's output
  std::vector<OfPictures> of_portion;  // all that turn_to() moves on
  int turned_to = 0;                   // the portion that these are of
  std::vector<memory> unused;          // of gradients that no call to come reads
  std::vector<Transfer> loads, stores;
  std::vector<memory> sums;  // of gradients over passes, and of batch norms' statistics
  float pass_share = 1;      // of the pass that is running, in the statistics
  std::vector<Call> forward, backward;
  memory input, logits, logit_gradient;
  std::vector<memory> scratchpads, passing;  // each in the same room, in turns
  struct Free {
    void operator()(std::byte* slab) const { std::free(slab); }
  };
  std::vector<std::unique_ptr<std::byte, Free>> slabs;  // all memory; what is left of the last one
  std::byte* slab_at = nullptr;
  std::size_t slab_left = 0;
  std::uint64_t seed = 0;  // of dropout
  int building = 0;        // the layer whose calls are being appended
  bool timed = false;
  std::vector<LayerTime> times;
};

Net::Program::Program(const Graph& net_graph, int n_pictures, const Options& net_options)
    : graph(net_graph),
      shapes(shapes_of(net_graph)),
      steps(steps_of(net_graph)),
      ranges(weight_ranges(net_graph)),
      blocked(can_be_blocked(net_graph, shapes)),
      options(net_options),
      number(net_options.precision == Precision::bf16 ? type::bf16 : type::f32),
      batch(blocked && norms_maps(net_graph) ? portion_of(shapes, n_pictures, number) : n_pictures),
      portions(n_pictures / batch),
      values(net_graph.layers.size() + 1),
      times(net_graph.layers.size()) {
  for (std::size_t i = 0; i < times.size(); ++i) times[i].layer = int(i);
  const Shape& in = graph.input;
  input = of_pictures(plain({batch, in.channels, in.height, in.width}, type::f32));
  values[0].data = input;

  count_channels();
  struct Reverse {
    int layer, output;
    Backward build;
  };
  std::vector<Reverse> backwards;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    building = int(steps[k].layer);
    if (is_stem(layer_of(steps[k]))) {
      const Step* const next = k + 1 < steps.size() ? &steps[k + 1] : nullptr;
      const bool with_pool = next && is_half_pool(layer_of(*next)) && has_relu(*next) &&
                             reader_at_once(steps[k]) == next;
      const Backward reverse = stem(steps[k], with_pool ? next : nullptr);
      k += with_pool;
      backwards.push_back({building, steps[k].output, reverse});
    } else {
      backwards.push_back({building, steps[k].output, build(steps[k])});
    }
  }

  building = graph.last();
  read_logits();
  if (options.mode == Mode::training) {
    for (auto step = backwards.rbegin(); step != backwards.rend(); ++step) {
      building = step->layer;
      step->build();
      release_gradient(step->output);
    }
  }

  // Primitives run one after another, so one scratchpad of the largest size serves all.
  for (const auto* in_turns : {&scratchpads, &passing}) {
    std::size_t largest = 0;
    for (const memory& m : *in_turns) largest = std::max(largest, m.get_desc().get_size());
    const memory room = zeros(plain({memory::dim(largest) + 1}, type::u8));
    for (const memory& m : *in_turns) m.set_data_handle(room.get_data_handle());
  }
}

void Net::Program::count_channels() {
  values[0].channels = graph.input.channels;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    int& channels = values[i + 1].channels;
    if (layer.outputs > 0) {
      channels = layer.outputs;
    } else {
      const std::size_t parts = layer.kind == Kind::concatenate ? layer.inputs.size() : 1;
      for (std::size_t k = 0; k < parts; ++k)
        channels += values[std::size_t(layer.inputs[k] + 1)].channels;
    }
    if (layer.kind == Kind::batch_norm && channels != shapes[i].channels)
      fail("layer {} (batch norm) behind a flatten: put it before", i + 1);
  }
}

// Ends the forward calls with the logits, begins the backward calls with their gradient.
void Net::Program::read_logits() {
  const memory last = values.back().data;
  const memory::dims dims = last.get_desc().dims();  // [N, C] or [N, C, 1, 1]
  const auto rows = std::size_t(batch), classes = shapes.back().size();
  const memory all = in_layout(last, plain(dims, type::f32), forward);
  const std::size_t columns = span_of(all).size() / rows;
  const memory gradient = of_pictures(all.get_desc());
  give_gradient(graph.last(), {gradient, false});
  logits = all;
  logit_gradient = gradient;
  if (columns == classes) return;
  const memory::desc without_padding = plain({batch, memory::dim(classes)}, type::f32);
  logits = of_pictures(without_padding);
  logit_gradient = of_pictures(without_padding);
  append(forward, [=, to = logits] {
    for (std::size_t n = 0; n < rows; ++n)
      std::copy_n(data_of<float>(all) + n * columns, classes, data_of<float>(to) + n * classes);
  });
  append(backward, [=, from = logit_gradient] {
    float* to = data_of<float>(gradient);
    for (std::size_t n = 0; n < rows; ++n, to += columns) {
      std::copy_n(data_of<float>(from) + n * classes, classes, to);
      std::fill(to + classes, to + columns, 0.0f);
    }
  });
}

Net::Program::Backward Net::Program::build(const Step& step) {
  switch (layer_of(step).kind) {
    case Kind::conv:
      return conv(step);
    case Kind::dense:
      return dense(step);
    case Kind::batch_norm:
      return portions > 1 || is_blocked(input_of(step)) ? blocked_norm(step) : batch_norm(step);
    case Kind::max_pool:
      return blocked && is_half_pool(layer_of(step)) ? half_pool(step) : pool(step);
    case Kind::global_average_pool:
      return is_blocked(input_of(step)) ? mean_pool(step) : pool(step);
    case Kind::average_pool:
      return pool(step);
    case Kind::relu:
    case Kind::relu6:
    case Kind::leaky_relu:
      return activation(step);
    case Kind::dropout:
      return dropout(step);
    case Kind::add:
      return add(step);
    case Kind::concatenate:
      return concatenate(step);
    case Kind::quantize:
      return quantize(step);
    case Kind::flatten:  // dense layers take feature maps as they are
      break;
  }
  set_output(step, input_of(step));
  return [=, this] { give_gradient(source_of(step), gradient_of(step)); };
}

// Is it a layer that kernels.h has a faster form of?
bool Net::Program::is_stem(const Layer& layer) const {
  return blocked && layer.kind == Kind::conv && layer.inputs.front() == picture &&
         graph.input.channels <= 4 && layer.stride == 1 && layer.groups == 1 &&
         (layer.kernel == Size(3) || layer.kernel == Size(5)) &&
         layer.padding.rows == layer.padding.columns;
}

// The step that alone reads what this one makes, where it does so before another portion comes.
const Step* Net::Program::reader_at_once(const Step& step) const {
  const Step* reader = nullptr;
  bool norm_between = false;
  for (const Step& other : steps) {
    if (other.layer <= step.layer) continue;
    const std::vector<int>& inputs = layer_of(other).inputs;
    const bool reads = other.activation && *other.activation < other.layer
                           ? source_of(other) == step.output
                           : std::count(inputs.begin(), inputs.end(), step.output) > 0;
    if (reads && (reader || norm_between)) return nullptr;
    if (reads) reader = &other;
    norm_between |= layer_of(other).kind == Kind::batch_norm;
  }
  return reader;
}

// The first convolution in float, with the ReLU and the pool of `pool_step` where it is given.
Net::Program::Backward Net::Program::stem(const Step& conv_step, const Step* pool_step) {
  const Layer& layer = layer_of(conv_step);
  const WeightRange range = ranges[conv_step.layer];
  const Stem s{.batch = batch,
               .channels = graph.input.channels,
               .height = graph.input.height,
               .width = graph.input.width,
               .outputs = layer.outputs,
               .kernel = layer.kernel.rows,
               .padding = layer.padding.rows,
               .pool = pool_step != nullptr};
  const int shrink = s.pool ? 2 : 1;
  const memory y =
      of_pictures(maps({batch, padded(s.outputs), s.rows() / shrink, s.columns() / shrink}));
  const auto size = y.get_desc().get_size() / memory::data_type_size(number);
  const memory where = of_pictures(plain({memory::dim(s.pool ? size : 1)}, type::u8));
  const memory padded = zeros(plain({memory::dim(s.padded_size())}, type::f32));
  const memory::dims kernel = {s.outputs, s.channels, s.kernel, s.kernel};
  const memory::desc by_lanes(kernel, type::f32, tag::Abcd16a);
  const auto padded_outputs = std::size_t(s.blocks() * lanes);
  const memory w = weights_in(by_lanes, {kernel}, range.kernel_at);
  const memory b = vector_in(range.bias_at, range.bias_size, padded_outputs);
  append(forward, on_maps(number, [=, this]<class T>(const MapKernels<T>& k) {
           const float* const x = data_of<float>(input);
           auto* const places = data_of<std::uint8_t>(where);
           auto* const room = data_of<float>(padded);
           k.stem_forward(s, x, data_of<float>(w), data_of<float>(b), data_of<T>(y), places, room);
         }));

  const Step step = pool_step ? *pool_step : conv_step;
  if (!pool_step) activate(step, y);
  set_output(step, y);
  return [=, this] {
    // With the pool, `where` already says what the ReLU stopped.
    const Gradient gradient = s.pool ? gradient_of(step) : through_activation(step, y);
    const memory dy = in_layout(gradient.data, y.get_desc(), backward);
    const memory dw = sum_of(by_lanes);
    const memory db = sum_of(plain({memory::dim(padded_outputs)}, type::f32));
    append(backward, on_maps(number, [=, this]<class T>(const MapKernels<T>& k) {
             const float* const x = data_of<float>(input);
             const auto* const places = data_of<std::uint8_t>(where);
             auto* const room = data_of<float>(padded);
             k.stem_backward(s, x, data_of<T>(dy), places, data_of<float>(dw), data_of<float>(db),
                             room);
           }));
    gradient_out(dw, {kernel}, range.kernel_at);
    vector_out(db, range.bias_at, range.bias_size);
  };
}

// y[n, o, y, x] = b[o] + sum over i, u, v of w[o, i, u, v] x[n, i, y*stride + u - padding, ...]
Net::Program::Backward Net::Program::conv(const Step& step) {
  const Layer& layer = layer_of(step);
  const memory::dims in = input_of(step).get_desc().dims();  // [N, C, H, W]
  const auto positions = [&](memory::dim side, int window, int padding) {
    return (side + 2L * padding - window) / layer.stride + 1;
  };
  const memory::dims out = {batch, padded(layer.outputs),
                            positions(in[2], layer.kernel.rows, layer.padding.rows),
                            positions(in[3], layer.kernel.columns, layer.padding.columns)};
  const int channels = input_channels(step);
  memory::dims kernel = {out[1], in[1], layer.kernel.rows, layer.kernel.columns};
  memory::dims own_kernel = {layer.outputs, channels, layer.kernel.rows, layer.kernel.columns};
  if (layer.groups > 1) {
    // By channel, padded channels are groups of their own; other groups are not padded.
    const memory::dim groups = layer.groups == channels ? in[1] : layer.groups;
    kernel = {groups, out[1] / groups, in[1] / groups, kernel[2], kernel[3]};
    own_kernel = {layer.groups, layer.outputs / layer.groups, channels / layer.groups, kernel[3],
                  kernel[4]};
  }
  const bool tiles = takes_tiles(step);
  if (tiles && layer.kernel == Size(1) && layer.stride == 1 && layer.padding == Size(0))
    return pointwise(step);
  // The picture, quantized or not, is not padded.
  const memory::desc x_any = in[1] % lanes != 0 ? any(in) : maps(in, tiles), w_any = any(kernel),
                     y_any = maps(out, tiles), b_plain = bias(step, out[1]);
  const memory::desc dw_any(kernel, type::f32, tag::any);
  const memory::dims stride = {layer.stride, layer.stride};
  const memory::dims padding = {layer.padding.rows, layer.padding.columns};
  const auto direct = algorithm::convolution_direct;

  const Convolution::Forward::primitive_desc fwd(
      {forward_kind(), direct, x_any, w_any, b_plain, y_any, stride, padding, padding},
      attributes(&step), engine);
  return weighted<Convolution>(
      step, input_of(step), fwd, {own_kernel},
      [=, this] {
        return Convolution::WeightsBackward::primitive_desc(
            {direct, x_any, dw_any, b_plain, y_any, stride, padding, padding}, attributes(), engine,
            fwd);
      },
      [=, this] {
        return Convolution::DataBackward::primitive_desc(
            {direct, x_any, w_any, y_any, stride, padding, padding}, attributes(), engine, fwd);
      });
}

// A convolution of 1x1 in tiles: on maps with channels last it is a dense layer on each pixel,
// whose weight gradient oneDNN computes five times as fast.
Net::Program::Backward Net::Program::pointwise(const Step& step) {
  const Layer& layer = layer_of(step);
  const memory::dims in = input_of(step).get_desc().dims();  // [N, C, H, W]
  const memory::dim pixels = in[0] * in[2] * in[3], outputs = padded(layer.outputs);
  const SeenAs seen{.input = maps(in, true), .output = maps({in[0], outputs, in[2], in[3]}, true)};
  const memory::desc x_desc = plain({pixels, in[1]}, number),
                     y_desc = plain({pixels, outputs}, number);
  return inner_product(step, seen_as(x_desc, in_layout(input_of(step), *seen.input, forward)),
                       x_desc, y_desc, y_desc, {{layer.outputs, input_channels(step)}}, seen);
}

// y[n, o] = b[o] + sum over i of w[o, i] x[n, i], where i runs over channels, rows and columns
Net::Program::Backward Net::Program::dense(const Step& step) {
  const Layer& layer = layer_of(step);
  memory x = input_of(step);  // [N, C] or [N, C, H, W]
  memory::dims in = x.get_desc().dims();
  Kernel kernel{in};
  kernel.dims[0] = layer.outputs;
  if (in.size() == 4) kernel.dims[1] = input_channels(step);
  memory::desc x_wanted = any(in);
  // A blocked map is a vector as it lies; only the weights are put into its order.
  if (in.size() == 4 && blocked && x.get_desc() == maps(in)) {
    kernel.order = memory::desc({layer.outputs, in[1], in[2], in[3]}, type::f32, tag::aBcd16b);
    in = {batch, in[1] * in[2] * in[3]};
    x_wanted = plain(in, number);
    x = seen_as(x_wanted, x);
  }
  const bool last = step.output == graph.last();  // logits stay float
  const memory::desc dy_plain = plain({batch, layer.outputs}, number);
  return inner_product(step, x, x_wanted,
                       last ? plain({batch, layer.outputs}, type::f32) : dy_plain, dy_plain,
                       kernel);
}

// The gradient's descriptor may be of another type than the output's.
Net::Program::Backward Net::Program::inner_product(const Step& step, const memory& x,
                                                   const memory::desc& x_desc,
                                                   const memory::desc& y_desc,
                                                   const memory::desc& dy_desc,
                                                   const Kernel& kernel, const SeenAs& seen) {
  memory::dims weights = x_desc.dims();
  weights[0] = y_desc.dims()[1];
  const memory::desc w_any = any(weights), b_plain = bias(step, weights[0]);
  const memory::desc dw_any(weights, type::f32, tag::any);
  const InnerProduct::Forward::primitive_desc fwd({forward_kind(), x_desc, w_any, b_plain, y_desc},
                                                  attributes(&step), engine);
  return weighted<InnerProduct>(
      step, x, fwd, kernel,
      [=, this] {
        return InnerProduct::WeightsBackward::primitive_desc({x_desc, dw_any, b_plain, dy_desc},
                                                             attributes(), engine, fwd);
      },
      [=, this] {
        return InnerProduct::DataBackward::primitive_desc({x_desc, w_any, dy_desc}, attributes(),
                                                          engine, fwd);
      },
      seen);
}

// What convolutions and dense layers have in common: the weights and their gradients, an activation
// after them, and the gradient at their input unless that is the picture. `kernel` is the layer's
// own, without padding; `weights_pass` and `data_pass` give the descriptors of the two backward
// primitives.
template <class Operation, class WeightsPass, class DataPass>
Net::Program::Backward Net::Program::weighted(
    const Step& step, const memory& from_map,
    const typename Operation::Forward::primitive_desc& fwd, const Kernel& kernel,
    const WeightsPass& weights_pass, const DataPass& data_pass, const SeenAs& seen) {
  const Layer& layer = layer_of(step);
  const WeightRange range = ranges[step.layer];
  const int from = layer.inputs.front();
  const auto outputs = std::size_t(fwd.dst_desc().dims()[1]);
  const memory x = in_layout(from_map, fwd.src_desc(), forward);
  const memory y = of_pictures(fwd.dst_desc());
  Arguments arguments = {
      {DNNL_ARG_SRC, x},
      {DNNL_ARG_WEIGHTS, weights_in(fwd.weights_desc(), kernel, range.kernel_at)},
      {DNNL_ARG_DST, y}};
  if (range.bias_size > 0)
    arguments.emplace(DNNL_ARG_BIAS, vector_in(range.bias_at, range.bias_size, outputs));
  append(forward, typename Operation::Forward(fwd), fwd.scratchpad_desc(), arguments);
  const memory output = seen.output ? seen_as(*seen.output, y) : y;
  set_output(step, output);

  return [=, this] {
    memory dy = through_activation(step, output).data;
    if (seen.output) dy = seen_as(y.get_desc(), in_layout(dy, *seen.output, backward));
    const std::function<void()>& remake = values[std::size_t(source_of(step) + 1)].remake;
    if (remake && x.get() == input_of(step).get()) append(backward, remake);
    if (has_own_weights_pass(step)) {
      own_weights_pass(step, x, dy, kernel);
    } else {
      const auto dw = weights_pass();
      const memory kernel_gradient = zeros(dw.diff_weights_desc());
      Arguments reverse = {{DNNL_ARG_SRC, in_layout(x, dw.src_desc(), backward)},
                           {DNNL_ARG_DIFF_DST, in_layout(dy, dw.diff_dst_desc(), backward)},
                           {DNNL_ARG_DIFF_WEIGHTS, kernel_gradient}};
      memory bias_gradient;
      if (range.bias_size > 0) {
        bias_gradient = zeros(plain({memory::dim(outputs)}, type::f32));
        reverse.emplace(DNNL_ARG_DIFF_BIAS, bias_gradient);
      }
      append(backward, typename Operation::WeightsBackward(dw), dw.scratchpad_desc(), reverse);
      gradient_out(summed(kernel_gradient), kernel, range.kernel_at);
      if (bias_gradient) vector_out(summed(bias_gradient), range.bias_at, range.bias_size);
    }
    if (from == picture) return;

    const auto dx = data_pass();
    const memory x_gradient = gradient_in(dx.diff_src_desc());
    append(backward, typename Operation::DataBackward(dx), dx.scratchpad_desc(),
           {{DNNL_ARG_DIFF_DST, in_layout(dy, dx.diff_dst_desc(), backward)},
            {DNNL_ARG_WEIGHTS, weights_in(dx.weights_desc(), kernel, range.kernel_at)},
            {DNNL_ARG_DIFF_SRC, x_gradient}});
    const memory::desc before = seen.input.value_or(input_of(step).get_desc());
    const bool other = x_gradient.get_desc().dims() != before.dims();
    give_gradient(from, {other ? seen_as(before, x_gradient) : x_gradient});
  };
}

// Is it a convolution that oneDNN computes with AMX? It does so on maps with channels last alone,
// and is so much faster there that bringing maps into that layout and back hardly counts.
bool Net::Program::takes_tiles(const Step& step) const {
  return has_tiles() && blocked && number == type::bf16 && layer_of(step).kind == Kind::conv &&
         layer_of(step).groups == 1 && input_of(step).get_desc().dims()[1] % lanes == 0;
}

// Does kernels.h have a faster form of a convolution's weight gradient?
bool Net::Program::has_own_weights_pass(const Step& step) const {
  const Layer& layer = layer_of(step);
  return blocked && number == type::bf16 && kernels().conv_weights_bf16 && !takes_tiles(step) &&
         layer.kind == Kind::conv && layer.groups == 1 && layer.stride == 1 &&
         (layer.kernel == Size(3) || layer.kernel == Size(5)) &&
         layer.padding.rows == layer.padding.columns &&
         input_of(step).get_desc().dims()[1] % lanes == 0;
}

void Net::Program::own_weights_pass(const Step& step, const memory& x, const memory& dy,
                                    const Kernel& kernel) {
  const Layer& layer = layer_of(step);
  const memory::dims in = x.get_desc().dims(), out = dy.get_desc().dims();
  const ConvWeights c{.batch = batch,
                      .inputs = int(in[1]),
                      .height = int(in[2]),
                      .width = int(in[3]),
                      .outputs = int(out[1]),
                      .kernel = layer.kernel.rows,
                      .padding = layer.padding.rows};
  const memory map = in_layout(x, maps(in), backward),
               gradient = in_layout(dy, maps(out), backward);
  const memory dw = sum_of({{out[1], in[1], c.kernel, c.kernel}, type::f32, tag::Abcd16a});
  const memory db = sum_of(plain({out[1]}, type::f32));
  scratchpads.emplace_back(
      memory::desc({memory::dim(4 * (c.map_size() + c.gradient_size()))}, type::u8, tag::a), engine,
      nullptr);
  append(backward, [=, room = scratchpads.back(), &k = kernels()] {
    k.conv_weights_bf16(c, data_of<bf16>(map), data_of<bf16>(gradient), data_of<float>(dw),
                        data_of<float>(db), data_of<std::uint32_t>(room));
  });
  const WeightRange range = ranges[step.layer];
  gradient_out(dw, kernel, range.kernel_at);
  vector_out(db, range.bias_at, range.bias_size);
}

// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by channel, over this pass's pictures
// (Ioffe, Szegedy 2015, "Batch Normalization").
Net::Program::Backward Net::Program::batch_norm(const Step& step) {
  assert(options.mode == Mode::training);
  const WeightRange range = ranges[step.layer];
  const memory x = input_of(step);
  const memory::dim channels = x.get_desc().dims()[1];
  const bool fused = has_relu(step);
  auto flags = dnnl::normalization_flags::use_scale_shift;
  if (fused) flags |= dnnl::normalization_flags::fuse_norm_relu;
  const dnnl::batch_normalization_forward::primitive_desc fwd(
      {forward_kind(), x.get_desc(), batch_norm_epsilon, flags}, attributes(), engine);
  const memory y = of_pictures(fwd.dst_desc());
  const memory mean = zeros(fwd.mean_desc()), variance = zeros(fwd.variance_desc());
  const memory::desc scale_shift_desc = plain({2, channels}, type::f32);
  // gamma and beta stand behind each other, as oneDNN wants them
  const memory::dims own_scale_shift = {2, memory::dim(range.kernel_size)};
  const memory scale_shift = weights_in(scale_shift_desc, {own_scale_shift}, range.kernel_at);
  Arguments arguments = {{DNNL_ARG_SRC, x},
                         {DNNL_ARG_SCALE_SHIFT, scale_shift},
                         {DNNL_ARG_MEAN, mean},
                         {DNNL_ARG_VARIANCE, variance},
                         {DNNL_ARG_DST, y}};
  memory stopped_by_relu;
  if (fused) {
    stopped_by_relu = of_pictures(fwd.workspace_desc());
    arguments.emplace(DNNL_ARG_WORKSPACE, stopped_by_relu);
  }
  append(forward, dnnl::batch_normalization_forward(fwd), fwd.scratchpad_desc(), arguments);
  if (!fused) activate(step, y);
  set_output(step, y);

  return [=, this] {
    const Gradient gradient = fused ? gradient_of(step) : through_activation(step, y);
    const memory dy = in_layout(gradient.data, y.get_desc(), backward);
    const dnnl::batch_normalization_backward::primitive_desc dx(
        {prop_kind::backward, dy.get_desc(), x.get_desc(), batch_norm_epsilon, flags}, attributes(),
        engine, fwd);
    const memory x_gradient = gradient_in(dx.diff_src_desc());
    const memory scale_shift_gradient = zeros(scale_shift_desc);
    Arguments reverse = {{DNNL_ARG_SRC, x},
                         {DNNL_ARG_SCALE_SHIFT, scale_shift},
                         {DNNL_ARG_MEAN, mean},
                         {DNNL_ARG_VARIANCE, variance},
                         {DNNL_ARG_DIFF_DST, dy},
                         {DNNL_ARG_DIFF_SRC, x_gradient},
                         {DNNL_ARG_DIFF_SCALE_SHIFT, scale_shift_gradient}};
    if (fused) reverse.emplace(DNNL_ARG_WORKSPACE, stopped_by_relu);
    append(backward, dnnl::batch_normalization_backward(dx), dx.scratchpad_desc(), reverse);
    gradient_out(summed(scale_shift_gradient), {own_scale_shift}, range.kernel_at);
    statistics_out(step, x.get_desc().dims(), mean, variance);
    const int from = layer_of(step).inputs.front();
    if (from != picture) give_gradient(from, {x_gradient});
  };
}

// The same, on blocked maps: a portion of the pictures at a time, with what all of them must have
// gone through in between.
Net::Program::Backward Net::Program::blocked_norm(const Step& step) {
  assert(options.mode == Mode::training);
  const WeightRange range = ranges[step.layer];
  const memory::dims in = input_of(step).get_desc().dims();  // [N, C, H, W]
  const memory x = in_layout(input_of(step), maps(in), forward);
  const BatchNorm norm{.batch = batch,
                       .blocks = int(in[1] / lanes),
                       .positions = int(in[2] * in[3]),
                       .relu = has_relu(step),
                       .epsilon = batch_norm_epsilon};
  const auto channels = std::size_t(in[1]), own = range.kernel_size;
  const auto pictures = double(batch) * portions, numbers = pictures * norm.positions;
  const memory::desc by_channel = plain({in[1]}, type::f32);
  const memory gamma = vector_in(range.kernel_at, own, channels),
               beta = vector_in(range.kernel_at + own, own, channels);
  const memory mean = zeros(by_channel), variance = zeros(by_channel);
  const NormWeights weights{data_of<float>(gamma), data_of<float>(beta), data_of<float>(mean),
                            data_of<float>(variance)};
  const auto sums_of_x = std::make_shared<std::vector<double>>(3 * channels);
  // Where its reader comes next, it lies in room that it shares; who needs it again has it made
  // again, from x, which is in the cache then.
  const Step* const reader = portions > 1 ? reader_at_once(step) : nullptr;
  const bool passes =
      reader && can_read_passing(layer_of(*reader).kind) && (norm.relu || !step.activation);
  const memory y = passes ? memory(x.get_desc(), engine, nullptr) : of_pictures(x.get_desc());
  if (passes) passing.push_back(y);
  append(forward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
           k.norm_sums(norm, data_of<T>(x), sums_of_x->data());
         }));
  append(
      forward,
      [=] {
        double* const means = sums_of_x->data();
        for (std::size_t c = 0; c < channels; ++c) {
          const double all = means[c] / pictures;
          const double between = means[channels + c] / pictures - all * all;
          data_of<float>(mean)[c] = float(all);
          data_of<float>(variance)[c] =
              float(means[2 * channels + c] / numbers + std::max(between, 0.0));
        }
        std::fill(sums_of_x->begin(), sums_of_x->end(), 0.0);
      },
      How::once);
  const auto make = on_maps(number, [=]<class T>(const MapKernels<T>& k) {
    k.norm_forward(norm, weights, data_of<T>(x), data_of<T>(y));
  });
  append(forward, make);
  if (!norm.relu) activate(step, y);
  set_output(step, y);
  if (passes) values[std::size_t(step.output + 1)].remake = make;

  return [=, this] {
    const Gradient gradient = norm.relu ? gradient_of(step) : through_activation(step, y);
    const memory dy = in_layout(gradient.data, y.get_desc(), backward);
    const memory dgamma = zeros(by_channel), dbeta = zeros(by_channel);
    const auto sums_of_dy = std::make_shared<std::vector<double>>(2 * channels);
    append(backward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
             k.norm_gradient_sums(norm, weights, data_of<T>(x), data_of<T>(dy), sums_of_dy->data());
           }));
    append(
        backward,
        [=] {
          for (std::size_t c = 0; c < channels; ++c) {
            data_of<float>(dbeta)[c] = float((*sums_of_dy)[c]);
            data_of<float>(dgamma)[c] = float((*sums_of_dy)[channels + c]);
          }
          std::fill(sums_of_dy->begin(), sums_of_dy->end(), 0.0);
        },
        How::once);
    vector_out(summed(dgamma, How::once), range.kernel_at, own);
    vector_out(summed(dbeta, How::once), range.kernel_at + own, own);
    statistics_out(step, in, mean, variance);
    // In the place of what it is made of, which is in the cache.
    const memory dx = may_change(gradient, dy) ? dy : gradient_in(x.get_desc());
    append(backward,
           on_maps(number, [=, share = float(1 / numbers)]<class T>(const MapKernels<T>& k) {
             k.norm_backward(norm, weights, data_of<T>(x), data_of<T>(dy), data_of<float>(dgamma),
                             data_of<float>(dbeta), share, data_of<T>(dx));
           }));
    const int from = layer_of(step).inputs.front();
    if (from != picture) give_gradient(from, {dx});
  };
}

// Adds a batch norm's mean and unbiased variance, over a pass's [N, C, H, W] numbers, to what the
// running statistics are made of.
void Net::Program::statistics_out(const Step& step, const memory::dims& dims, const memory& mean,
                                  const memory& variance) {
  const WeightRange range = ranges[step.layer];
  const auto n = float(portions * dims[0] * (dims.size() == 4 ? dims[2] * dims[3] : 1));
  const memory statistics = sum_of(plain({2 * memory::dim(range.kernel_size)}, type::f32));
  append(
      backward,
      [=, this] {
        for (std::size_t c = 0; c < range.kernel_size; ++c) {
          data_of<float>(statistics)[c] += pass_share * data_of<float>(mean)[c];
          data_of<float>(statistics)[range.kernel_size + c] +=
              pass_share * data_of<float>(variance)[c] * (n / std::max(1.0f, n - 1));
        }
      },
      How::once);
  vector_out(statistics, range.statistics_at, range.statistics_size);
}

// The largest of each 2x2 window, with a ReLU.
Net::Program::Backward Net::Program::half_pool(const Step& step) {
  const int from = source_of(step);
  const bool relu = has_relu(step);
  const memory::dims in = value(from).get_desc().dims();  // [N, C, H, W]
  const memory x = in_layout(value(from), maps(in), forward);
  const memory y = of_pictures(maps({in[0], in[1], in[2] / 2, in[3] / 2}));
  const Pool p{.planes = int(in[0] * ((in[1] + lanes - 1) / lanes)),
               .height = int(in[2]),
               .width = int(in[3]),
               .relu = relu};
  const auto size = y.get_desc().get_size() / memory::data_type_size(number);
  const memory where = of_pictures(plain({memory::dim(size)}, type::u8));
  append(forward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
           k.pool_forward(p, data_of<T>(x), data_of<T>(y), data_of<std::uint8_t>(where));
         }));
  if (!relu) activate(step, y);
  set_output(step, y);
  return [=, this] {
    if (from == picture) return;
    // `where` already says what a ReLU stopped.
    const Gradient gradient = relu ? gradient_of(step) : through_activation(step, y);
    const memory dy = in_layout(gradient.data, y.get_desc(), backward);
    const memory x_gradient = gradient_in(x.get_desc());
    append(backward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
             k.pool_backward(p, data_of<T>(dy), data_of<std::uint8_t>(where),
                             data_of<T>(x_gradient));
           }));
    give_gradient(from, {x_gradient});
  };
}

// The mean of each map, on blocked ones.
Net::Program::Backward Net::Program::mean_pool(const Step& step) {
  const int from = source_of(step);
  const memory x = value(from);
  const memory::dims in = x.get_desc().dims();  // [N, C, H, W]
  const Plane p{.planes = int(in[0] * in[1] / lanes), .positions = int(in[2] * in[3])};
  const memory y = of_pictures(maps({in[0], in[1], 1, 1}));
  append(forward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
           k.mean_forward(p, data_of<T>(x), data_of<T>(y));
         }));
  activate(step, y);
  set_output(step, y);
  return [=, this] {
    const memory dy = in_layout(through_activation(step, y).data, y.get_desc(), backward);
    if (from == picture) return;
    const memory dx = gradient_in(x.get_desc());
    append(backward, on_maps(number, [=]<class T>(const MapKernels<T>& k) {
             k.mean_backward(p, data_of<T>(dy), data_of<T>(dx));
           }));
    give_gradient(from, {dx});
  };
}

// The largest, or the mean, of each window.
Net::Program::Backward Net::Program::pool(const Step& step) {
  using Forward = dnnl::pooling_forward;

  const Layer& layer = layer_of(step);
  const int from = source_of(step);
  const memory x = value(from);
  const memory::dims in = x.get_desc().dims();  // [N, C, H, W]
  const bool whole = layer.kind == Kind::global_average_pool;
  const memory::dims kernel =
      whole ? memory::dims{in[2], in[3]} : memory::dims{layer.kernel.rows, layer.kernel.columns};
  const memory::dims stride = {layer.stride, layer.stride};
  const memory::dims padding = {layer.padding.rows, layer.padding.columns};
  const memory::dims out = {in[0], in[1], (in[2] + 2 * padding[0] - kernel[0]) / stride[0] + 1,
                            (in[3] + 2 * padding[1] - kernel[1]) / stride[1] + 1};
  const auto kind = layer.kind == Kind::max_pool ? algorithm::pooling_max
                                                 : algorithm::pooling_avg_exclude_padding;
  const Forward::primitive_desc fwd(
      {forward_kind(), kind, x.get_desc(), any(out), stride, kernel, padding, padding},
      attributes(), engine);
  const memory y = of_pictures(fwd.dst_desc());
  Arguments arguments = {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}};
  // Where each maximum stood, for the way back.
  memory places;
  if (options.mode == Mode::training && kind == algorithm::pooling_max) {
    places = of_pictures(fwd.workspace_desc());
    arguments.emplace(DNNL_ARG_WORKSPACE, places);
  }
  append(forward, Forward(fwd), fwd.scratchpad_desc(), arguments);
  activate(step, y);
  set_output(step, y);

  return [=, this] {
    const memory dy = through_activation(step, y).data;
    if (from == picture) return;
    const dnnl::pooling_backward::primitive_desc dx(
        {kind, x.get_desc(), y.get_desc(), stride, kernel, padding, padding}, attributes(), engine,
        fwd);
    const memory x_gradient = gradient_in(dx.diff_src_desc());
    Arguments reverse = {{DNNL_ARG_DIFF_DST, in_layout(dy, dx.diff_dst_desc(), backward)},
                         {DNNL_ARG_DIFF_SRC, x_gradient}};
    if (places) reverse.emplace(DNNL_ARG_WORKSPACE, places);
    append(backward, dnnl::pooling_backward(dx), dx.scratchpad_desc(), reverse);
    give_gradient(from, {x_gradient});
  };
}

Net::Program::Backward Net::Program::activation(const Step& step) {
  const memory x = input_of(step);
  const memory y = of_pictures(x.get_desc());
  const Activation a = activation_of(layer_of(step));
  const dnnl::eltwise_forward::primitive_desc fwd(
      {forward_kind(), a.forward, y.get_desc(), a.alpha, a.beta}, attributes(), engine);
  append(forward, dnnl::eltwise_forward(fwd), fwd.scratchpad_desc(),
         {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
  set_output(step, y);
  return [=, this] {
    if (source_of(step) == picture) return;
    Step itself = step;
    itself.activation = step.layer;
    give_gradient(source_of(step), through_activation(itself, y));
  };
}

// y = x * mask / (1 - share), the mask anew in each pass (Srivastava et al. 2014).
Net::Program::Backward Net::Program::dropout(const Step& step) {
  const memory x = input_of(step);
  const memory::desc desc = x.get_desc();
  const memory y = of_pictures(desc), mask = of_pictures(desc);
  const dnnl::binary::primitive_desc product({algorithm::binary_mul, desc, desc, desc},
                                             attributes(), engine);
  const float share = layer_of(step).value;
  const auto size = desc.get_size() / memory::data_type_size(number);
  append(forward, [=, this] {
    Random random{mix_bits(seed + step.layer) + std::uint64_t(turned_to)};
    const float kept = 1 / (1 - share);
    const auto kept_bits = std::uint16_t(std::bit_cast<std::uint32_t>(kept) >> 16);
    for (std::size_t i = 0; i < size; ++i) {
      const bool keep = !random.chance(double(share));
      if (number == type::bf16)
        data_of<bf16>(mask)[i].bits = keep ? kept_bits : std::uint16_t{0};
      else
        data_of<float>(mask)[i] = keep ? kept : 0;
    }
  });
  append(forward, dnnl::binary(product), product.scratchpad_desc(),
         {{DNNL_ARG_SRC_0, x}, {DNNL_ARG_SRC_1, mask}, {DNNL_ARG_DST, y}});
  set_output(step, y);
  return [=, this] {
    if (source_of(step) == picture) return;
    const memory dy = in_layout(gradient_of(step).data, desc, backward);
    const memory x_gradient = gradient_in(desc);
    append(backward, dnnl::binary(product), product.scratchpad_desc(),
           {{DNNL_ARG_SRC_0, dy}, {DNNL_ARG_SRC_1, mask}, {DNNL_ARG_DST, x_gradient}});
    give_gradient(source_of(step), {x_gradient});
  };
}

Net::Program::Backward Net::Program::add(const Step& step) {
  const std::vector<int> from = layer_of(step).inputs;
  const memory::desc desc = value(from.front()).get_desc();
  const memory y = of_pictures(desc);
  memory sum = value(from.front());
  std::vector<memory> others;
  for (std::size_t i = 1; i < from.size(); ++i)
    others.push_back(in_layout(value(from[i]), desc, forward));
  if (others.empty()) others.push_back(of_pictures(desc));  // nothing to add
  for (const memory& other : others) {
    add_up(sum, other, has_relu(step) && &other == &others.back(), y, forward);
    sum = y;
  }
  if (!has_relu(step)) activate(step, y);
  set_output(step, y);
  return [=, this] {
    const Gradient gradient = through_activation(step, y);
    for (const int source : from)
      if (source != picture) give_gradient(source, {gradient.data, false});
  };
}

Net::Program::Backward Net::Program::concatenate(const Step& step) {
  const std::vector<int> from = layer_of(step).inputs;
  std::vector<memory::desc> descs;
  Arguments arguments;
  memory::dims dims = value(from.front()).get_desc().dims();
  dims[1] = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const memory x = value(from[i]);
    descs.push_back(x.get_desc());
    dims[1] += x.get_desc().dims()[1];
    arguments.emplace(DNNL_ARG_MULTIPLE_SRC + int(i), x);
  }
  const memory::desc desc = dims.size() == 4 ? maps(dims) : plain(dims, number);
  const dnnl::concat::primitive_desc joined(desc, 1, descs, engine, attributes());
  const memory y = of_pictures(joined.dst_desc());
  arguments.emplace(DNNL_ARG_DST, y);
  append(forward, dnnl::concat(joined), joined.scratchpad_desc(), arguments);
  set_output(step, y);
  return [=, this] {
    const memory dy = in_layout(gradient_of(step).data, y.get_desc(), backward);
    memory::dims offset(dims.size(), 0);
    for (std::size_t i = 0; i < from.size(); ++i) {
      const memory::dims part = descs[i].dims();
      if (from[i] != picture) {
        const memory::desc slice = dy.get_desc().submemory_desc(part, offset);
        const memory to = gradient_in(descs[i]);
        const memory view = seen_as(slice, dy);
        append(backward, reorder(view, to));
        give_gradient(from[i], {to});
      }
      offset[1] += part[1];
    }
  };
}

Net::Program::Backward Net::Program::quantize(const Step& step) {
  if (number != type::f32) fail("quantized networks are trained in f32; use --precision f32");
  const memory x = input_of(step);
  const memory y = of_pictures(x.get_desc());
  const float scale = layer_of(step).value;
  const auto least = float(-layer_of(step).zero_point), most = 255 + least;
  const auto size = x.get_desc().get_size() / sizeof(float);
  append(forward, [=] {
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number, ties to even.
    constexpr float round = 12582912;
    const float* from = data_of<float>(x);
    float* to = data_of<float>(y);
    for (std::size_t i = 0; i < size; ++i)
      to[i] = (std::min(std::max(from[i] / scale, least), most) + round - round) * scale;
  });
  set_output(step, y);
  return [=, this] {
    if (source_of(step) == picture) return;
    const memory dy = in_layout(gradient_of(step).data, x.get_desc(), backward);
    const memory dx = gradient_in(x.get_desc());
    append(backward, [=] {
      const float low = least * scale, high = most * scale;
      for (std::size_t i = 0; i < size; ++i) {
        const float value = data_of<float>(x)[i];
        data_of<float>(dx)[i] = value >= low && value <= high ? data_of<float>(dy)[i] : 0;
      }
    });
    give_gradient(source_of(step), {dx});
  };
}

// Appends sum = a + b, all of one layout, and perhaps a ReLU.
void Net::Program::add_up(const memory& a, const memory& b, bool relu, const memory& sum,
                          std::vector<Call>& calls) {
  const type its = sum.get_desc().data_type();
  const std::size_t n = sum.get_desc().get_size() / memory::data_type_size(its);
  append(calls, on_maps(its, [=]<class T>(const MapKernels<T>& k) {
           k.add(n, relu, data_of<T>(a), data_of<T>(b), data_of<T>(sum));
         }));
}

// Applies a step's activation to its output, in place.
void Net::Program::activate(const Step& step, const memory& y) {
  if (!step.activation) return;
  const Activation a = activation_of(graph.layers[*step.activation]);
  const dnnl::eltwise_forward::primitive_desc fwd(
      {forward_kind(), a.forward, y.get_desc(), a.alpha, a.beta}, attributes(), engine);
  append(forward, dnnl::eltwise_forward(fwd), fwd.scratchpad_desc(),
         {{DNNL_ARG_SRC, y}, {DNNL_ARG_DST, y}});
}

// The gradient before a step's activation, from the one behind it: for a ReLU, 0 where y is.
Net::Program::Gradient Net::Program::through_activation(const Step& step, const memory& output) {
  Gradient gradient = gradient_of(step);
  if (!step.activation) return gradient;
  const Activation a = activation_of(graph.layers[*step.activation]);
  const memory::desc desc = output.get_desc();
  const dnnl::eltwise_forward::primitive_desc hint(
      {forward_kind(), a.backward, desc, a.alpha, a.beta}, engine);
  const dnnl::eltwise_backward::primitive_desc dx({a.backward, desc, desc, a.alpha, a.beta},
                                                  attributes(), engine, hint);
  const memory dy = in_layout(gradient.data, desc, backward);
  const memory result = may_change(gradient, dy) ? dy : of_pictures(desc);
  append(backward, dnnl::eltwise_backward(dx), dx.scratchpad_desc(),
         {{DNNL_ARG_DST, output}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, result}});
  return {result};
}

// Hands a gradient to the layer whose output it is for; several readers' gradients are summed.
void Net::Program::give_gradient(int layer, Gradient gradient) {
  std::optional<Gradient>& place = values[std::size_t(layer + 1)].gradient;
  if (!place) {
    place = std::move(gradient);
    return;
  }
  const memory::desc desc = place->data.get_desc();
  const memory other = in_layout(gradient.data, desc, backward);
  const memory total = place->exclusive ? place->data : gradient_in(desc);
  add_up(place->data, other, false, total, backward);
  place = Gradient{total};
}

// From slabs on large pages, where the system gives them: a pass goes through more memory than the
// processor keeps the addresses of small pages for (mobile is 8% faster).
memory Net::Program::zeros(const memory::desc& desc) {
  constexpr std::size_t page = std::size_t{2} << 20, usual = 16 * page, line = 64;
  // At least a line each: an address tells which memory it is.
  const std::size_t size = desc.get_size() / line * line + line;
  if (slab_left < size) {
    slab_left = (std::max(size, usual) + page - 1) / page * page;
    slabs.emplace_back(static_cast<std::byte*>(std::aligned_alloc(page, slab_left)));
    slab_at = slabs.back().get();
    if (!slab_at) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    madvise(slab_at, slab_left, MADV_HUGEPAGE);
#endif
  }
  std::memset(slab_at, 0, size);
  const memory m(desc, engine, slab_at);
  slab_at += size;
  slab_left -= size;
  return m;
}

// Room for as much of each portion of a pass.
memory Net::Program::of_pictures(const memory::desc& desc) {
  if (portions == 1) return zeros(desc);
  const std::size_t size = desc.get_size();
  auto* const first = data_of<std::byte>(zeros(plain({memory::dim(size) * portions}, type::u8)));
  of_portion.push_back({memory(desc, engine, first), first, size});
  return of_portion.back().memory;
}

// The same room.
memory Net::Program::seen_as(const memory::desc& desc, const memory& m) {
  const memory same(desc, engine, m.get_data_handle());
  const auto all = std::find_if(of_portion.begin(), of_portion.end(), [&](const OfPictures& p) {
    return p.first == m.get_data_handle();
  });
  if (all != of_portion.end()) of_portion.push_back({same, all->first, all->size});
  return same;
}

void Net::Program::turn_to(int number_of_portion) {
  turned_to = number_of_portion;
  // This version of oneDNN writes nothing there, not even a padding's zeros.
  for (const OfPictures& p : of_portion)
    p.memory.set_data_handle(p.first + std::size_t(turned_to) * p.size);
}

// Room for a gradient, whose numbers are all written: that of an earlier one where there is such,
// which is still in the cache then.
memory Net::Program::gradient_in(const memory::desc& desc) {
  auto best = unused.end();
  for (auto room = unused.begin(); room != unused.end(); ++room) {
    const std::size_t size = room->get_desc().get_size();
    if (size >= desc.get_size() && (best == unused.end() || size < best->get_desc().get_size()))
      best = room;
  }
  if (best == unused.end()) return of_pictures(desc);
  const memory gradient = seen_as(desc, *best);
  unused.erase(best);
  return gradient;
}

// Once the calls of the layer's step are appended, nothing reads the gradient at its output, unless
// that is another layer's too.
void Net::Program::release_gradient(int layer) {
  std::optional<Gradient>& gradient = values[std::size_t(layer + 1)].gradient;
  if (!gradient) return;
  const memory released = gradient->data;
  gradient.reset();
  const auto is_it = [&](const memory& m) {
    return m.get_data_handle() == released.get_data_handle();
  };
  const bool shared = std::any_of(values.begin(), values.end(), [&](const Value& value) {
    return value.gradient && is_it(value.gradient->data);
  });
  if (!shared && !is_it(logit_gradient)) unused.push_back(released);
}

memory Net::Program::in_layout(const memory& from, const memory::desc& wanted,
                               std::vector<Call>& calls) {
  if (from.get_desc() == wanted) return from;
  const memory to = of_pictures(wanted);
  append(calls, reorder(from, to));
  return to;
}

void Net::Program::append(std::vector<Call>& calls, const dnnl::primitive& primitive,
                          const memory::desc& scratch_desc, Arguments arguments) {
  scratchpads.emplace_back(scratch_desc, engine, nullptr);
  arguments.emplace(DNNL_ARG_SCRATCHPAD, scratchpads.back());
  append(calls, [this, primitive, arguments = std::move(arguments)] {
    primitive.execute(stream, arguments);
  });
}

std::function<void()> Net::Program::reorder(const memory& from, const memory& to) {
  const dnnl::reorder::primitive_desc pd(from, to, attributes());
  scratchpads.emplace_back(pd.scratchpad_desc(), engine, nullptr);
  const Arguments arguments = {
      {DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}, {DNNL_ARG_SCRATCHPAD, scratchpads.back()}};
  return [this, primitive = dnnl::reorder(pd), arguments] { primitive.execute(stream, arguments); };
}

// Memory in the layout that a primitive wants, filled from the flat weights by load().
memory Net::Program::weights_in(const memory::desc& wanted, const Kernel& kernel, std::size_t at) {
  const memory::dims dims = kernel.dims, room = kernel.order ? kernel.order->dims() : wanted.dims();
  const memory to = zeros(wanted);
  const memory from = room == dims ? memory(plain(dims, type::f32), engine, nullptr)
                                   : zeros(plain(room, type::f32));
  std::vector<std::function<void()>> bring;
  memory ordered;
  if (kernel.order) {
    ordered = zeros(*kernel.order);
    bring = {reorder(from, ordered),
             reorder(seen_as(plain(wanted.dims(), type::f32), ordered), to)};
  } else {
    bring = {reorder(from, to)};
  }
  loads.push_back({at, [=](float* slice) {
                     if (room == dims)
                       from.set_data_handle(slice);
                     else
                       for_each_row(dims, room,
                                    [&](std::size_t own, std::size_t place, std::size_t n) {
                                      std::copy_n(slice + own, n, data_of<float>(from) + place);
                                    });
                     for (const auto& step : bring) step();
                   }});
  return to;
}

// Memory that load() sets to 0 and passes add to.
memory Net::Program::sum_of(const memory::desc& desc) {
  sums.push_back(zeros(desc));
  return sums.back();
}

// Adds what a primitive writes in each pass to its sum.
memory Net::Program::summed(const memory& gradient, How how) {
  const memory sum = sum_of(gradient.get_desc());
  append(
      backward,
      [=, n = span_of(sum).size()] {
        kernels().floats.add(n, false, data_of<float>(sum), data_of<float>(gradient),
                             data_of<float>(sum));
      },
      how);
  return sum;
}

// Has store() bring a gradient into its place in the flat gradient.
void Net::Program::gradient_out(const memory& from, const Kernel& kernel, std::size_t at) {
  const memory::dims dims = kernel.dims,
                     room = kernel.order ? kernel.order->dims() : from.get_desc().dims();
  const memory to = room == dims ? memory(plain(dims, type::f32), engine, nullptr)
                                 : zeros(plain(room, type::f32));
  std::vector<std::function<void()>> bring;
  if (kernel.order) {
    const memory ordered = zeros(*kernel.order);
    bring = {reorder(from, seen_as(plain(from.get_desc().dims(), type::f32), ordered)),
             reorder(ordered, to)};
  } else {
    bring = {reorder(from, to)};
  }
  stores.push_back({at, [=](float* slice) {
                      if (room == dims) to.set_data_handle(slice);
                      for (const auto& step : bring) step();
                      if (room == dims) return;
                      for_each_row(dims, room,
                                   [&](std::size_t own, std::size_t place, std::size_t n) {
                                     std::copy_n(data_of<float>(to) + place, n, slice + own);
                                   });
                    }});
}

// Likewise, for numbers that need no layout; what is padded, and a bias that a layer lacks, stay 0.
memory Net::Program::vector_in(std::size_t at, std::size_t size, std::size_t padded_size) {
  const memory to = zeros(plain({memory::dim(padded_size)}, type::f32));
  loads.push_back({at, [to, size](float* slice) { std::copy_n(slice, size, data_of<float>(to)); }});
  return to;
}

void Net::Program::vector_out(const memory& from, std::size_t at, std::size_t size) {
  stores.push_back(
      {at, [from, size](float* slice) { std::copy_n(data_of<float>(from), size, slice); }});
}

dnnl::primitive_attr Net::Program::attributes(const Step* step) const {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (step && step->activation) {
    const Activation a = activation_of(graph.layers[*step->activation]);
    dnnl::post_ops after;
    after.append_eltwise(1.0f, a.forward, a.alpha, a.beta);
    attr.set_post_ops(after);
  }
  return attr;
}

void Net::Program::run(std::vector<Call>& calls, bool is_forward) {
  const auto make = [&](const Call& call) {
    if (!timed) return call.run();
    const double begin = thread_seconds();
    call.run();
    LayerTime& time = times[std::size_t(call.layer)];
    (is_forward ? time.forward : time.backward) += thread_seconds() - begin;
  };
  for (auto call = calls.begin(); call != calls.end();) {
    if (call->how == How::once) {
      make(*call++);
      continue;
    }
    const auto end =
        std::find_if(call, calls.end(), [](const Call& later) { return later.how == How::once; });
    for (int i = 0; i < portions; ++i) {
      if (portions > 1) turn_to(i);
      std::for_each(call, end, make);
    }
    call = end;
  }
  if (portions > 1) turn_to(0);
}

Net::Net(const Graph& graph, int batch, const Options& options)
    : program_(std::make_unique<Program>(graph, batch, options)) {}
Net::~Net() = default;

int Net::batch() const {
  return program_->batch * program_->portions;
}
std::span<float> Net::input() {
  return program_->of_all(program_->input);
}
std::span<const float> Net::logits() const {
  return program_->of_all(program_->logits);
}
std::span<float> Net::logit_gradient() {
  return program_->of_all(program_->logit_gradient);
}

void Net::load(std::span<const float> weights) {
  for (const Transfer& transfer : program_->loads)
    transfer.run(const_cast<float*>(weights.data()) + transfer.at);
  for (const memory& sum : program_->sums)
    std::memset(sum.get_data_handle(), 0, sum.get_desc().get_size());
}

void Net::forward(std::uint64_t seed) {
  program_->seed = seed;
  program_->run(program_->forward, true);
}

void Net::backward(float share) {
  assert(program_->options.mode == Mode::training);
  program_->pass_share = share;
  program_->run(program_->backward, false);
}

void Net::store(std::span<float> gradient) const {
  for (const Transfer& transfer : program_->stores) transfer.run(gradient.data() + transfer.at);
}

void Net::measure_time() {
  program_->timed = true;
  for (LayerTime& time : program_->times) time.forward = time.backward = 0;
}
std::vector<Net::LayerTime> Net::times() const {
  return program_->times;
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
