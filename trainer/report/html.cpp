#include "trainer/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "trainer/report/measure.h"

namespace report {
namespace {

using nlohmann::json;

// Groups have a colour each; from the ninth on the colours come again, with broken lines and rings
// in place of dots.
constexpr std::size_t n_colours = 8;

std::string colour_name(std::size_t group) {
  return fmt::format("var(--c{})", group % n_colours);
}

std::string line_style(std::size_t group, bool training) {
  constexpr std::array dashes = {"", "10 4", "14 3 3 3", "4 4"};
  const char* dash = dashes.at(group / n_colours % dashes.size());
  return fmt::format("stroke:{}{}{}", colour_name(group),
                     *dash && !training ? ";stroke-dasharray:" : "", training ? "" : dash);
}

// Of a dot, in SVG.
std::string dot_style(std::size_t group) {
  return group < n_colours ? fmt::format("fill:{}", colour_name(group))
                           : fmt::format("fill:var(--sheet);stroke:{};stroke-width:{}",
                                         colour_name(group), group < 2 * n_colours ? 2.5 : 1.2);
}

// What a plot needs, on the page and by itself.
constexpr std::string_view plot_style = R"css(
:root { color-scheme: light dark; --paper: #FAF6EC; --sheet: #FFFDF7; --ink: #20242E; --soft: #6F6A5E;
  --line: #D9D2C0; --marker: #FFD23F; --c0: #2B6CB0; --c1: #D9480F; --c2: #2B8A5B; --c3: #7C4DC4;
  --c4: #A3660A; --c5: #0B7A83; --c6: #C2417C; --c7: #5F6672; }
@media (prefers-color-scheme: dark) { :root { --paper: #1B1D22; --sheet: #24272E; --ink: #F4EFE3;
  --soft: #A8A396; --line: #3A3E47; --marker: #F2C230; --c0: #74B3F5; --c1: #FF8A5C; --c2: #5BD39B;
  --c3: #B89AF5; --c4: #E3B04B; --c5: #4CC7D0; --c6: #F58FBE; --c7: #A9B1BD; } }
svg text { fill: var(--soft); font: 13px system-ui, sans-serif; } svg .word-name { fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; } .front { stroke: var(--soft); stroke-dasharray: 5 4; fill: none; }
.series { fill: none; stroke-width: 2.2; stroke-linejoin: round; } .train { stroke-dasharray: 2 4; opacity: .8; }
image { image-rendering: pixelated; }
)css";

constexpr std::string_view page_style = R"css(
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 75rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.9rem; margin: 0; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
h1 span { background: linear-gradient(transparent 60%, var(--marker) 60% 90%, transparent 90%); }
p { margin: .4rem 0 1rem; color: var(--soft); max-width: 46rem; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem 1.1rem; margin-top: 1.1rem; overflow-x: auto; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 1.1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); } th:first-child, td:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; } .mean td { font-weight: 600; }
.mean td:first-child { white-space: normal; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .2rem 0 .6rem; padding: 0; list-style: none;
  font-size: .9rem; } .legend svg { display: inline-block; width: 2.4em; height: .85em;
  margin-right: .4em; }
details summary { cursor: pointer; font-weight: 600; font-size: 1.15rem; }
.words { columns: 15rem; column-gap: 2rem; margin-top: .8rem; font-size: .85rem; }
.word { display: grid; grid-template-columns: 1fr 6rem 2.6rem; gap: .5rem; align-items: center; break-inside: avoid; }
.word span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.word span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar { background: var(--line); border-radius: 3px; height: .55rem; overflow: hidden; }
.bar b { display: block; height: 100%; }
.confusions { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .9rem; margin-top: .8rem; }
.confusions img { width: 56px; height: 56px; image-rendering: pixelated; border-radius: 5px; margin-right: 6px; }
.confusions small { color: var(--soft); }
)css";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

struct At {
  double x, y;
};

struct Series {
  std::string name;
  std::size_t group = 0;
  std::vector<At> points;
  bool dashed = false;
  bool dots = false;  // only dots, with their names
};

struct Axis {
  std::string title;
  double low = 0, high = 1;
  bool whole = false;        // values are whole numbers
  bool percent = false;      // values are shares
  bool logarithmic = false;  // of bytes
};

// 1, 2 or 5 times a power of ten, so that about `n` fit in.
double tick_step(double range, int n) {
  const double rough = range / n, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough) return factor * power;
  return 10 * power;
}

std::vector<double> ticks(const Axis& axis) {
  std::vector<double> result;
  if (axis.logarithmic) {
    for (double power = std::pow(10, std::floor(std::log10(axis.low))); power <= axis.high;
         power *= 10)
      for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= axis.low && power * factor <= axis.high)
          result.push_back(power * factor);
    return result;
  }
  double step = tick_step(axis.high - axis.low, 6);
  if (axis.whole) step = std::max(step, 1.0);
  for (double i = std::ceil(axis.low / step); i * step <= axis.high + step * 1e-6; ++i)
    result.push_back(i * step + 0.0);  // no -0
  return result;
}

std::string tick_text(const Axis& axis, double value) {
  if (axis.percent) return fmt::format("{:.4g}%", 100 * value);
  if (!axis.logarithmic) return fmt::format("{:.4g}", value);
  return value >= 1e6 ? fmt::format("{:g} MB", value / 1e6) : fmt::format("{:g} kB", value / 1e3);
}

struct Svg {
  int width, height;
  std::string label;  // for those who cannot see it
  std::string body;
};

std::string on_page(const Svg& svg) {
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
                     svg.width, svg.height, escaped(svg.label), svg.body);
}

std::string as_file(const Svg& svg) {
  constexpr int margin = 14;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{1}\" height=\"{2}\" "
      "viewBox=\"{0} {0} {1} {2}\" role=\"img\" "
      "aria-label=\"{3}\">\n<style>{4}</style>\n<rect x=\"{0}\" y=\"{0}\" width=\"{1}\" "
      "height=\"{2}\" rx=\"10\" style=\"fill:var(--sheet)\"/>\n{5}</svg>\n",
      -margin, svg.width + 2 * margin, svg.height + 2 * margin, escaped(svg.label), plot_style,
      svg.body);
}

// A chart in a box of 640x360.
class Chart {
 public:
  Chart(std::string_view label, Axis x, Axis y)
      : label_(label), x_(std::move(x)), y_(std::move(y)) {
    for (const double value : ticks(x_)) {
      const double at = across(value);
      svg_ += fmt::format(
          "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
          "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
          at, top, bottom, bottom + 18, tick_text(x_, value));
    }
    for (const double value : ticks(y_)) {
      const double at = down(value);
      svg_ += fmt::format(
          "<line class=\"grid\" x1=\"{1}\" x2=\"{2}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>"
          "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
          at, left, right, left - 8, at + 4, tick_text(y_, value));
    }
    svg_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", right,
                        height - 6, escaped(x_.title));
    svg_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", 2, 12, escaped(y_.title));
  }

  void diagonal() { path({{x_.low, y_.low}, {x_.high, y_.high}}, "front", ""); }
  void front(const std::vector<At>& points) { path(points, "front", ""); }

  void add(const Series& series) {
    if (series.dots || series.points.size() == 1) {
      for (const At& p : series.points) {
        taken_.push_back({across(p.x) - 6, down(p.y) - 6, 12, 12});
        svg_ += fmt::format(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" style=\"{}\"><title>{}</title>"
            "</circle>\n",
            across(p.x), down(p.y), dot_style(series.group), escaped(series.name));
      }
      return;
    }
    path(series.points, series.dashed ? "series train" : "series", series.name,
         fmt::format(" style=\"{}\"", line_style(series.group, series.dashed)));
  }

  // Beside a dot, where it covers no other dot or name. Where there is no such place it is left
  // out, unless it must be there. After all dots.
  void name(const At& at, const std::string& text, bool must) {
    constexpr double letter = 7.5, line = 14;  // about, of the style's 13 pixels
    const double x = across(at.x), y = down(at.y), w = letter * double(text.size());
    const double towards_middle = x > 0.5 * (left + right) ? -1 : 1;
    double fewest = std::numeric_limits<double>::infinity();
    Box best{};
    bool leftwards = false;
    for (const double baseline : {-7.0, 16.0, -21.0, 30.0, -35.0, 44.0, -49.0, 58.0})
      for (const double side : {towards_middle, -towards_middle}) {
        const Box box{side > 0 ? x + 9 : x - 9 - w, y + baseline - line + 3, w, line};
        const bool outside =
            box.x < left || box.x + w > right || box.y < 0 || box.y + line > bottom;
        const double covered =
            (outside ? 1000 : 0) +
            double(std::count_if(taken_.begin(), taken_.end(),
                                 [&](const Box& other) { return overlap(box, other); }));
        if (covered >= fewest) continue;
        fewest = covered;
        best = box;
        leftwards = side < 0;
      }
    if (fewest > 0 && !must) return;
    taken_.push_back(best);
    svg_ += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" style=\"fill:var(--ink)\">{}</text>\n",
        leftwards ? best.x + w : best.x, best.y + line - 3, leftwards ? "end" : "start",
        escaped(text));
  }

  // In the upper left corner, which a rising curve leaves free.
  void legend(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      svg_ += fmt::format(
          "<circle cx=\"{}\" cy=\"{}\" r=\"5\" style=\"{}\"/>"
          "<text x=\"{}\" y=\"{}\" style=\"fill:var(--ink)\">{}</text>\n",
          left + 18, top + 18 + 20 * int(i), dot_style(i), left + 30, top + 22 + 20 * int(i),
          escaped(names[i]));
  }

  Svg finish() const { return {width, height, label_, svg_}; }

 private:
  static constexpr int width = 640, height = 360, left = 56, right = 626, top = 24, bottom = 314;

  struct Box {
    double x, y, w, h;
  };
  static bool overlap(const Box& a, const Box& b) {
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  }

  double across(double value) const {
    const auto scale = [this](double v) { return x_.logarithmic ? std::log(v) : v; };
    const double share = (scale(value) - scale(x_.low)) / (scale(x_.high) - scale(x_.low));
    return left + share * (right - left);
  }
  double down(double value) const {
    return bottom - (value - y_.low) / (y_.high - y_.low) * (bottom - top);
  }

  void path(const std::vector<At>& points, const char* kind, const std::string& title,
            const std::string& more = "") {
    if (points.empty()) return;
    svg_ += fmt::format("<polyline class=\"{}\"{} points=\"", kind, more);
    for (const At& p : points) svg_ += fmt::format("{:.1f},{:.1f} ", across(p.x), down(p.y));
    svg_.back() = '"';
    svg_ += title.empty() ? std::string("/>\n")
                          : fmt::format("><title>{}</title></polyline>\n", escaped(title));
  }

  std::string label_;
  Axis x_, y_;
  std::string svg_;
  std::vector<Box> taken_;  // by dots and names
};

// Makes room for every point, and a little more.
void fit(Axis& x, Axis& y, const std::vector<Series>& all) {
  double left = std::numeric_limits<double>::infinity(), right = -left, low = left, high = -left;
  for (const Series& series : all)
    for (const At& p : series.points) {
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      low = std::min(low, p.y);
      high = std::max(high, p.y);
    }
  if (left > right) return;
  if (x.logarithmic) {
    x.low = left / 1.6;
    x.high = right * 1.6;
  } else {
    x.low = left;
    x.high = right > left ? right : left + 1;
  }
  const double room = std::max(0.06 * (high - low), 1e-3 * std::max(std::abs(high), 0.1));
  y.low = y.percent ? std::max(0.0, low - room) : low - room;
  y.high = y.percent ? std::min(1.0, high + room) : high + room;
}

// Words with the mean of their drawings, five a row, under a heading.
class WordSheet {
 public:
  void add(std::string_view heading, const json& words) {
    y_ += 22;
    svg_ += fmt::format("<text x=\"2\" y=\"{}\">{}</text>\n", y_ - 8, escaped(heading));
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i % columns == 0 && i > 0) y_ += row_height;
      const int x = int(i % columns) * column_width;
      const std::string name = words[i].at("name");
      const bool is_long = name.size() > 17;
      svg_ += fmt::format(
          "<image x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" href=\"{3}\"/>"
          "<text class=\"word-name\" x=\"{0}\" y=\"{4}\"{5}>{6}</text>"
          "<text x=\"{7}\" y=\"{8}\">{9:.0f}%</text>\n",
          x, y_, picture, escaped(words[i].at("picture").get<std::string>()), y_ + picture + 16,
          is_long ? fmt::format(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
                                column_width - 12)
                  : "",
          escaped(name), x + picture + 8, y_ + picture - 4,
          100 * words[i].at("top1").get<double>());
    }
    y_ += row_height;
  }

  Svg finish(const std::string& label) const {
    return {int(columns) * column_width, y_, label, svg_};
  }

 private:
  static constexpr std::size_t columns = 5;
  static constexpr int column_width = 128, row_height = 96, picture = 64;
  int y_ = 0;
  std::string svg_;
};

class Page {
 public:
  explicit Page(const std::vector<RunResult>& runs) : runs_(runs) {
    for (const RunResult& run : runs)
      if (std::find(groups_.begin(), groups_.end(), run.group) == groups_.end())
        groups_.push_back(run.group);
  }

  std::string html() {
    out_ = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width\">\n<title>Inkling: {} run{}</title>\n<style>{}{}</style>\n"
        "<h1><span>What the networks learned</span></h1>\n",
        runs_.size(), runs_.size() == 1 ? "" : "s", plot_style, page_style);
    summary();
    out_ += "<div class=\"two\">\n";
    curves("Loss", "loss", "validation_loss", false);
    curves("Top-1 accuracy", "train_top1", "top1", true);
    curves("Top-5 accuracy", "train_top5", "top5", true);
    if (const std::optional<Svg> svg = pareto())
      section("Accuracy against bytes",
              "Top-1 on the test drawings. No model on the broken line is beaten by a smaller one.",
              legend("bytes") + on_page(*svg));
    if (const std::optional<Svg> svg = by_ink(false))
      section("How early it knows", "Top-1 on test drawings of which only so much is drawn yet.",
              legend("examined") + on_page(*svg));
    else if (std::any_of(runs_.begin(), runs_.end(), is_done))
      section("How early it knows",
              "Bitmaps do not tell in which order they were drawn: for this curve, measure the "
              "models on strokes, <code>inkling report RUN/model.onnx --data FOLDER</code>.",
              "");
    if (const std::optional<Svg> svg = reliability(false))
      section("Reliability",
              "On the broken line, 80% sure means right in 80 of 100 cases; below it, too sure.",
              legend("examined") + on_page(*svg));
    out_ += "</div>\n";
    std::size_t number = 0;
    for (const RunResult& run : runs_) details(run, number++ == best());
    return out_ + "</html>\n";
  }

  std::vector<Plot> plots() const {
    std::vector<Plot> all;
    const auto add = [&](const std::string& name, const std::optional<Svg>& svg) {
      if (svg) all.push_back({name, as_file(*svg)});
    };
    add("bytes", pareto());
    add("ink", by_ink(true));
    add("reliability", reliability(true));
    for (const RunResult& run : runs_) add(run.name + "-words", words(run));
    return all;
  }

 private:
  std::size_t group_of(const RunResult& run) const {
    return std::size_t(std::find(groups_.begin(), groups_.end(), run.group) - groups_.begin());
  }

  static bool is_done(const RunResult& run) { return run.metrics.contains("test"); }

  std::size_t best() const {
    std::size_t best = 0;
    double highest = -1;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      if (is_done(runs_[i]) && runs_[i].metrics.at("test").at("top1") > highest) {
        highest = runs_[i].metrics.at("test").at("top1");
        best = i;
      }
    return best;
  }

  void section(const std::string& title, const std::string& text, const std::string& body) {
    out_ += fmt::format("<section class=\"sheet\"><h2>{}</h2>{}{}</section>\n", title,
                        text.empty() ? "" : "<p>" + text + "</p>", body);
  }

  // The groups of the runs that know something; none where there is one alone.
  std::string legend(const char* known) const {
    if (groups_.size() < 2) return "";
    std::string list = "<ul class=\"legend\">";
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const bool shown = std::any_of(runs_.begin(), runs_.end(), [&](const RunResult& run) {
        return run.group == groups_[i] && run.metrics.contains(known);
      });
      if (!shown) continue;
      list += fmt::format(
          "<li><svg aria-hidden=\"true\" viewBox=\"0 0 34 12\"><line x2=\"34\" y1=\"6\" y2=\"6\" "
          "class=\"series\" "
          "style=\"{}\"/><circle cx=\"17\" cy=\"6\" r=\"4.5\" style=\"{}\"/></svg>{}</li>",
          line_style(i, false), dot_style(i), escaped(groups_[i]));
    }
    return list + "</ul>\n";
  }

  void summary() {
    std::string rows;
    for (const RunResult& run : runs_) {
      const json& m = run.metrics;
      if (!is_done(run)) {
        rows += fmt::format("<tr><td>{}</td><td colspan=\"7\">not done yet: {} epochs</td></tr>\n",
                            escaped(run.name), m.value("history", json::array()).size());
        continue;
      }
      rows += fmt::format(
          "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
          "<td>{:.2f}%</td><td>{:.2f}%</td></tr>\n",
          escaped(run.name), m.value("classes", 0), grouped(m.value("parameters", 0)),
          grouped(m.value("multiply_adds", 0)), grouped(m.value("bytes", 0)),
          m.contains("seconds") ? fmt::format("{:.0f}", m.at("seconds").get<double>()) : "-",
          100 * m.at("test").at("top1").get<double>(), 100 * m.at("test").at("top5").get<double>());
    }
    for (const std::string& group : groups_) rows += mean_of(group);
    section("Runs", "",
            "<table><tr><th>run</th><th>words</th><th>parameters</th><th>multiply-adds</th>"
            "<th>bytes</th><th>seconds</th><th>top-1</th><th>top-5</th></tr>\n" +
                rows + "</table>");
  }

  // A row for several runs of a group: what the seeds make of it.
  std::string mean_of(const std::string& group) const {
    std::vector<double> top1, top5;
    for (const RunResult& run : runs_)
      if (run.group == group && is_done(run)) {
        top1.push_back(run.metrics.at("test").at("top1"));
        top5.push_back(run.metrics.at("test").at("top5"));
      }
    if (top1.size() < 2) return "";
    return fmt::format(
        "<tr class=\"mean\"><td colspan=\"6\">{}, mean of {} ± standard deviation</td>"
        "<td>{}</td><td>{}</td></tr>\n",
        escaped(group), top1.size(), percent(top1), percent(top5));
  }

  void curves(const std::string& title, const char* train, const char* validation, bool percent) {
    std::vector<Series> all;
    for (const RunResult& run : runs_) {
      Series solid{.name = run.name + ", validation", .group = group_of(run), .points = {}};
      Series dashed{
          .name = run.name + ", training", .group = group_of(run), .points = {}, .dashed = true};
      for (const json& epoch : run.metrics.value("history", json::array())) {
        const double x = epoch.value("epoch", 0);
        solid.points.push_back({x, epoch.value(validation, 0.0)});
        dashed.points.push_back({x, epoch.value(train, 0.0)});
      }
      if (solid.points.empty()) continue;
      all.push_back(std::move(dashed));
      all.push_back(std::move(solid));
    }
    if (all.empty()) return;
    Axis x{.title = "epoch", .whole = true}, y{.title = title, .percent = percent};
    fit(x, y, all);
    Chart chart(title + " by epoch", x, y);
    for (const Series& series : all) chart.add(series);
    section(title, "Lines: validation; dotted: training" + how_trained(percent) + ".",
            legend("history") + on_page(chart.finish()));
  }

  // What makes training another thing than validation.
  std::string how_trained(bool percent) const {
    std::size_t trained = 0, augmented = 0, other_loss = 0;
    for (const RunResult& run : runs_) {
      if (!run.metrics.contains("history")) continue;
      const json recipe = run.metrics.value("recipe", json::object());
      ++trained;
      augmented += recipe.value("augment", false);
      other_loss += recipe.value("label_smoothing", 0.0) > 0 || recipe.value("balanced", false) ||
                    !recipe.value("teacher", "").empty();
    }
    std::string text = augmented == 0         ? ""
                       : augmented == trained ? ", on augmented drawings"
                                              : ", where that was so on augmented drawings";
    if (!percent && other_loss > 0)
      text += ", with what smoothed labels, class weights and a teacher add to the loss";
    return text;
  }

  std::optional<Svg> pareto() const {
    struct Dot {
      At at;
      std::size_t run;
    };
    std::vector<Dot> dots;
    std::vector<Series> all;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!is_done(runs_[i]) || runs_[i].metrics.value("bytes", 0) <= 0) continue;
      const At at{runs_[i].metrics.at("bytes"), runs_[i].metrics.at("test").at("top1")};
      dots.push_back({at, i});
      all.push_back(
          {.name = fmt::format("{}: {:.0f} bytes, {:.2f}%", runs_[i].name, at.x, 100 * at.y),
           .group = group_of(runs_[i]),
           .points = {at},
           .dots = true});
    }
    if (dots.empty()) return {};
    Axis x{.title = "bytes of the model", .logarithmic = true},
        y{.title = "top-1", .percent = true};
    fit(x, y, all);
    Chart chart("Top-1 accuracy against bytes", x, y);
    std::sort(dots.begin(), dots.end(), [](const Dot& a, const Dot& b) {
      return a.at.x != b.at.x ? a.at.x < b.at.x : a.at.y > b.at.y;
    });
    std::vector<At> front;
    std::vector<std::string> named;
    for (const Dot& dot : dots)
      if (front.empty() || dot.at.y > front.back().y) front.push_back(dot.at);
    chart.front(front);
    for (const Series& series : all) chart.add(series);
    for (const bool on_front : {true, false})
      for (const Dot& dot : dots) {
        const std::string& group = runs_[dot.run].group;
        const bool is_on_front = std::any_of(front.begin(), front.end(), [&](const At& at) {
          return at.x == dot.at.x && at.y == dot.at.y;
        });
        if (is_on_front != on_front || std::count(named.begin(), named.end(), group) > 0) continue;
        named.push_back(group);
        chart.name(dot.at, group, on_front);
      }
    return chart.finish();
  }

  std::optional<Svg> by_ink(bool with_legend) const {
    std::vector<Series> all;
    for (const RunResult& run : runs_) {
      Series series{.name = run.name, .group = group_of(run), .points = {}};
      if (!run.metrics.contains("examined")) continue;
      for (const json& step : run.metrics.at("examined").at("by_ink"))
        series.points.push_back({step.at("share"), step.at("top1")});
      if (series.points.size() > 1) all.push_back(std::move(series));
    }
    if (all.empty()) return {};
    Axis x{.title = "share of the ink drawn", .percent = true},
        y{.title = "top-1", .percent = true};
    fit(x, y, all);
    Chart chart("Top-1 accuracy by the share of ink drawn", x, y);
    for (const Series& series : all) chart.add(series);
    if (with_legend && groups_.size() > 1) chart.legend(groups_);
    return chart.finish();
  }

  std::optional<Svg> reliability(bool with_legend) const {
    constexpr std::size_t fewest = 10;  // drawings; fewer say nothing
    std::vector<Series> all;
    for (const RunResult& run : runs_) {
      Series series{.name = run.name, .group = group_of(run), .points = {}};
      if (!run.metrics.contains("examined")) continue;
      for (const json& bin : run.metrics.at("examined").at("reliability"))
        if (bin.at("drawings") >= fewest)
          series.points.push_back({bin.at("confidence"), bin.at("accuracy")});
      all.push_back(std::move(series));
    }
    if (all.empty()) return {};
    Chart chart("Reliability: accuracy against confidence",
                {.title = "how sure it is", .percent = true},
                {.title = "how often it is right", .percent = true});
    chart.diagonal();
    for (const Series& series : all) chart.add(series);
    if (with_legend && groups_.size() > 1) chart.legend(groups_);
    return chart.finish();
  }

  static std::optional<Svg> words(const RunResult& run) {
    if (!run.metrics.contains("examined")) return {};
    const json& examined = run.metrics.at("examined");
    if (!examined.contains("hardest")) return {};  // a run of before it was looked at
    WordSheet sheet;
    sheet.add("the hardest words, each with the mean of its drawings, and how many are recognised",
              examined.at("hardest"));
    sheet.add("the easiest", examined.at("easiest"));
    return sheet.finish("The hardest and the easiest words of " + run.name);
  }

  void details(const RunResult& run, bool open) {
    if (!run.metrics.contains("examined")) return;
    const json& examined = run.metrics.at("examined");
    out_ += fmt::format("<details class=\"sheet\"{}><summary>{}: words and confusions</summary>\n",
                        open ? " open" : "", escaped(run.name));
    if (const std::optional<Svg> svg = words(run)) out_ += on_page(*svg);
    out_ += "<div class=\"confusions\">\n";
    for (const json& pair : examined.at("confusions")) {
      out_ += "<div>";
      for (const json& url : pair.at("pictures"))
        out_ += fmt::format("<img alt=\"\" src=\"{}\">", escaped(url.get<std::string>()));
      out_ += fmt::format("<br>{} <small>taken for</small> {} <small>{}x</small></div>\n",
                          escaped(pair.at("word").get<std::string>()),
                          escaped(pair.at("guess").get<std::string>()),
                          pair.at("drawings").get<std::size_t>());
    }
    out_ += "</div>\n<div class=\"words\">\n";
    std::vector<json> words(examined.at("classes").begin(), examined.at("classes").end());
    std::sort(words.begin(), words.end(), [](const json& a, const json& b) {
      return a.at("top1") == b.at("top1") ? a.at("name") < b.at("name")
                                          : a.at("top1") < b.at("top1");
    });
    for (const json& word : words)
      out_ += fmt::format(
          "<div class=\"word\"><span>{}</span><span class=\"bar\"><b style=\"width:{:.0f}%;"
          "background:{}\"></b></span><span>{:.0f}%</span></div>\n",
          escaped(word.at("name").get<std::string>()), 100 * word.at("top1").get<double>(),
          colour_name(group_of(run)), 100 * word.at("top1").get<double>());
    out_ += "</div></details>\n";
  }

  const std::vector<RunResult>& runs_;
  std::vector<std::string> groups_;
  std::string out_;
};

}  // namespace

std::string html_report(const std::vector<RunResult>& runs) {
  return Page(runs).html();
}

std::vector<Plot> plots(const std::vector<RunResult>& runs) {
  return Page(runs).plots();
}

}  // namespace report
