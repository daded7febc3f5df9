// `inkling data`: what can be done with files of drawings.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ink/record.h"
#include "trainer/cli/cli.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/progress.h"
#include "trainer/data/dataset.h"
#include "trainer/data/examples.h"
#include "trainer/data/fetch.h"
#include "trainer/data/files.h"
#include "trainer/data/ndjson.h"
#include "trainer/data/synth.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/report/preview.h"
#include "trainer/train/recipe.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The files of drawings in a folder, and in its strokes/ and bitmaps/, by name; or the file itself.
std::vector<fs::path> files_in(const fs::path& place) {
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> files;
  for (const fs::path& folder : {place, place / "strokes", place / "bitmaps"}) {
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, none)) {
      const fs::path ending = entry.path().extension();
      if (ending == ".bin" || ending == ".ndjson" || ending == ".npy")
        files.push_back(entry.path());
    }
  }
  if (files.empty())
    fail("{}: the folder holds no drawings (.bin, .ndjson or .npy files)", place.string());
  std::sort(files.begin(), files.end());
  return files;
}

// ---- info

struct Info {
  std::vector<std::string> places;
  bool as_json = false;
};

std::string as_size(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{:.0f} kB", double(bytes) / 1e3);
  return fmt::format("{:.1f} MB", double(bytes) / 1e6);
}

// Of several failures, where the rest went well, the first ones and `all` of them in a line. Of
// one, that; of none, nothing.
void fail_with(const std::vector<std::string>& failures, const std::string& all) {
  constexpr std::size_t most = 10;
  if (failures.empty()) return;
  if (failures.size() == 1) fail("{}", failures.front());
  for (std::size_t i = 0; i < std::min(most, failures.size()); ++i)
    fmt::print(stderr, "{}\n", failures[i]);
  fail("{}", all);
}

struct Row {
  std::string name;
  data::FileInfo info;
  std::size_t duplicates = 0;
};

void print_json(const std::vector<Row>& rows) {
  json result = json::array();
  for (const auto& [name, info, duplicates] : rows) {
    const auto n = double(std::max<std::size_t>(1, info.drawings));
    result.push_back({{"file", name},
                      {"drawings", info.drawings},
                      {"recognized", double(info.recognized) / n},
                      {"strokes", double(info.strokes) / n},
                      {"points", double(info.points) / n},
                      {"duplicates", duplicates},
                      {"broken", info.broken},
                      {"bytes", info.bytes}});
  }
  fmt::print("{}\n", result.dump(2));
}

void print_table(const std::vector<Row>& rows) {
  std::size_t width = 5;
  for (const Row& row : rows) width = std::max(width, row.name.size());
  fmt::print("{:<{}}{:>10}{:>12}{:>9}{:>9}{:>12}{:>8}{:>10}\n", "file", width, "drawings",
             "recognized", "strokes", "points", "duplicates", "broken", "bytes");
  for (const auto& [name, info, duplicates] : rows) {
    const auto n = double(std::max<std::size_t>(1, info.drawings));
    fmt::print("{:<{}}{:>10}{:>11.1f}%{:>9.1f}{:>9.1f}{:>12}{:>8}{:>10}\n", name, width,
               info.drawings, 100 * double(info.recognized) / n, double(info.strokes) / n,
               double(info.points) / n, duplicates, info.broken, as_size(info.bytes));
  }
}

void show_info(const Info& options) {
  std::vector<fs::path> files;
  for (const fs::path& place : data_folders(options.places))
    for (const fs::path& file : files_in(place)) files.push_back(file);
  std::vector<Row> rows;
  std::vector<std::string> unreadable;
  data::FileInfo total;
  Bar bar("reading", files.size());
  for (const fs::path& file : files) {
    data::FileInfo info;
    try {
      info = data::look_into(file);
    } catch (const Error& error) {
      unreadable.emplace_back(error.what());
      continue;
    }
    total.drawings += info.drawings;
    total.recognized += info.recognized;
    total.strokes += info.strokes;
    total.points += info.points;
    total.broken += info.broken;
    total.bytes += info.bytes;
    total.hashes.insert(total.hashes.end(), info.hashes.begin(), info.hashes.end());
    const std::size_t duplicates = data::duplicates(info.hashes);
    info.hashes = {};
    rows.push_back({options.as_json ? file.string() : file.filename().string(), info, duplicates});
    bar.show(rows.size());
  }
  if (rows.size() > 1) {
    const std::size_t duplicates = data::duplicates(total.hashes);
    rows.push_back({fmt::format("{} files", rows.size()), total, duplicates});
  }
  if (!rows.empty()) options.as_json ? print_json(rows) : print_table(rows);
  fail_with(unreadable,
            fmt::format("{} of {} files cannot be read", unreadable.size(), files.size()));
}

Command add_info(CLI::App& data) {
  CLI::App* command = data.add_subcommand("info", "Counts what files of drawings hold");
  command->footer(
      R"(For each file: drawings; the share that Google's game recognized, all where the file doesn't say, as
pictures (.npy); strokes and points of a drawing; drawings whose ink an earlier one has exactly; lines of an
.ndjson that cannot be read; bytes.

  inkling data info quickdraw
  inkling data info mine.ndjson --json)");
  const auto options = std::make_shared<Info>();
  command->add_option("PLACE", options->places, "Folders or files (default: $INKLING_DATA)");
  command->add_flag("--json", options->as_json, "Machine-readable");
  return [options] { show_info(*options); };
}

// ---- convert

struct Convert {
  std::string in, out, to;
  std::size_t most = 0;
  ink::RasterOptions raster;
};

void convert_files(const Convert& options) {
  data::ConvertOptions how{.raster = options.raster};
  if (options.most > 0) how.most = options.most;
  const bool folder = fs::is_directory(options.in);
  if (folder && options.to.empty())
    fail("{}: is a folder; say with --to what its files are to become", options.in);
  if (folder) prepare_output_folder(options.out);
  std::size_t total = 0;
  std::vector<std::string> warnings;
  std::map<fs::path, fs::path> sources;  // by what each becomes
  for (const fs::path& file : files_in(options.in)) {
    fs::path out = options.out;
    if (folder) out = out / file.filename().replace_extension(options.to);
    if (const auto [before, fresh] = sources.emplace(out, file); !fresh)
      fail("{} and {} would both become {}; give each a folder of its own", before->second.string(),
           file.string(), out.string());
  }
  for (const auto& [out, file] : sources) {
    Bar bar(file.filename().string(), fs::exists(file) ? fs::file_size(file) : 1);
    how.progress = [&bar](std::uint64_t done, std::uint64_t) { bar.show(std::size_t(done)); };
    std::string said;
    how.say = [&said](std::string_view line) { said = line; };
    total += data::convert(file, out, how);
    if (!said.empty()) warnings.push_back(said);
  }
  for (const std::string& line : warnings) warn(line);
  fmt::print("{}: {} drawings\n", options.out, total);
}

Command add_convert(CLI::App& data) {
  CLI::App* command = data.add_subcommand(
      "convert", "Brings drawings from .bin, .ndjson or .npy into another form");
  command->footer(
      R"(The endings say what is read and written: .bin (records), .ndjson (a line a drawing) or .npy (pictures
as the network sees them, uint8 [drawings, side * side], 0 paper, 255 ink). Raw drawings are simplified
as the data set's are. Strokes become pictures, but not the other way.

  inkling data convert cat.ndjson cat.bin
  inkling data convert cat.bin cat.npy --most 4000
  inkling data convert quickdraw/strokes pictures --to npy)");
  const auto options = std::make_shared<Convert>();
  command->add_option("IN", options->in, "A file of drawings, or a folder of them")->required();
  command->add_option("OUT", options->out, "The file to write, or the folder")->required();
  command->add_option("--to", options->to, "For folders: bin, ndjson or npy")
      ->check(CLI::IsMember({"bin", "ndjson", "npy"}));
  command->add_option("--most", options->most, "Only the first drawings of a file; 0: all");
  command->add_option("--side", options->raster.side, "Pixels of a picture's side (.npy)")
      ->capture_default_str()
      ->check(CLI::Range(1, ink::max_side));
  return [options] { convert_files(*options); };
}

// ---- sort

struct Sort {
  std::string in, out;
};

void sort_words(const Sort& options) {
  prepare_output_folder(options.out);
  const data::SortedWords sorted = data::sort_by_word(options.in, options.out);
  std::size_t total = 0;
  for (const auto& [word, drawings] : sorted.drawings) total += drawings;
  fmt::print("{}: {} drawings of {} words\n", options.out, total, sorted.drawings.size());
  if (sorted.broken > 0)
    warn(fmt::format("{}: {} lines left out, the first one: {}", options.in, sorted.broken,
                     sorted.first_broken));
}

Command add_sort(CLI::App& data) {
  CLI::App* command =
      data.add_subcommand("sort", "Sorts an .ndjson of many words into a file for each");
  command->footer(
      R"(The game hands over all drawings of a device in one .ndjson; training wants a folder with a file a word.

  inkling data sort inkling-drawings.ndjson --out mine
  inkling train --data mine --skip-small-classes --out runs/mine)");
  const auto options = std::make_shared<Sort>();
  command->add_option("IN", options->in, "An .ndjson file")->required();
  command->add_option("--out", options->out, "Folder to write into")->required();
  return [options] { sort_words(*options); };
}

// ---- synth

struct Synth {
  std::string out, to = "bin";
  std::size_t per_class = 1000;
  std::size_t classes = data::shapes.size();
  std::uint64_t seed = 1;
};

void synthesize(const Synth& options) {
  prepare_output_folder(options.out);
  Bar bar("drawing", options.classes * options.per_class);
  std::size_t done = 0;
  for (std::size_t shape = 0; shape < options.classes; ++shape) {
    Random random{mix_bits(options.seed + mix_bits(shape + 1))};
    OutputFile out(fs::path(options.out) / fmt::format("{}.{}", data::shapes[shape], options.to));
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < options.per_class; ++i, ++done) {
      // The data set's keys have 63 bits; about a tenth of its drawings went unrecognized.
      ink::Record record{
          .key = random.bits() >> 1,
          .recognized = random.chance(0.1) ? ink::Recognized::no : ink::Recognized::yes,
          .timestamp = std::uint32_t(1490000000 + i),
          .drawing = data::synthesize(shape, random)};
      if (options.to == "ndjson") {
        out.write(data::write_ndjson(record, data::shapes[shape]));
      } else if (const auto written = ink::write_record(record, bytes); !written) {
        fail("{}: {}", options.out, written.error());
      }
      if (bytes.size() > std::size_t{1} << 20 || i + 1 == options.per_class) {
        out.write(bytes);
        bytes.clear();
      }
      if (done % 256 == 0) bar.show(done);
    }
    out.commit();
  }
  fmt::print("{}: {} drawings of {} shapes\n", options.out, done, options.classes);
}

Command add_synth(CLI::App& data) {
  CLI::App* command =
      data.add_subcommand("synth", "Makes up drawings of twelve shapes, to try everything with");
  command->footer(
      R"(Arrows, circles, crosses, hearts, houses, lines, moons, spirals, squares, stars, triangles and zigzags
with the wobble of a hand, in the data set's own form. The same seed makes the same drawings.

  inkling data synth --out shapes
  inkling train --data shapes --out runs/shapes)");
  const auto options = std::make_shared<Synth>();
  Synth& o = *options;
  command->add_option("--out", o.out, "Folder to write into")->required();
  command->add_option("--per-class", o.per_class, "Drawings of each shape")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--classes", o.classes, "Only the first shapes")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, data::shapes.size()));
  command->add_option("--to", o.to, "bin or ndjson")
      ->capture_default_str()
      ->check(CLI::IsMember({"bin", "ndjson"}));
  command->add_option("--seed", o.seed, "For everything random")->capture_default_str();
  return [options] { synthesize(*options); };
}

// ---- fetch

struct Fetch {
  std::string classes = "all", form = "strokes", out;
  std::size_t per_class = 1000;
  data::FetchOptions how;
};

// A number: the first categories; "all"; else a file with names.
std::vector<std::string> classes_named(const std::string& text) {
  const std::span<const std::string_view> all = data::categories();
  std::size_t count = text == "all" ? all.size() : 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool number = error == std::errc() && end == text.data() + text.size();
  if (!number && text != "all") return data::read_class_names(text);
  if (count < 1 || count > all.size())
    fail("--classes {}: the data set has {} categories; name 1 to {} of them", text, all.size(),
         all.size());
  return {all.begin(), all.begin() + std::ptrdiff_t(count)};
}

std::string counted(std::size_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

void fetch_drawings(Fetch& options) {
  data::FetchOptions& how = options.how;
  how.classes = classes_named(options.classes);
  how.form = options.form == "strokes" ? data::Form::strokes : data::Form::bitmaps;
  how.per_class = options.per_class > 0 ? options.per_class : SIZE_MAX;
  how.out = options.out;
  watch_interrupts();
  how.interrupted = interrupted;
  const Clock::time_point begin = Clock::now();
  data::FetchResult result;
  {
    const bool all = options.per_class == 0;
    Bar bar("fetching", how.classes.size() * (all ? 1 : options.per_class));
    how.progress = [&](std::size_t drawings, std::size_t classes) {
      bar.show(all ? classes : drawings);
    };
    result = data::fetch(how);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (result.classes > 0)
    fmt::print("{}: {} of {}{}; {} fetched in {:.1f} s\n", options.out,
               counted(result.drawings, "drawing", "drawings"),
               counted(result.classes, "class", "classes"),
               result.kept > 0 ? fmt::format(", {} of them there before", result.kept) : "",
               as_size(result.bytes), seconds);
  if (!result.fewer.empty() && options.per_class > 0)
    fmt::print("fewer than {} drawings are all there are of {}{}\n", options.per_class,
               result.fewer.front(),
               result.fewer.size() > 1 ? fmt::format(" and {} more", result.fewer.size() - 1) : "");
  std::fflush(stdout);
  if (result.interrupted)
    fail("interrupted with {} of {} classes; the same command goes on", result.classes,
         how.classes.size());
  fail_with(result.failures,
            fmt::format("{} of {} classes could not be fetched; the same command tries only them "
                        "again",
                        result.failures.size(), how.classes.size()));
  fmt::print("next: inkling train --data {} --out runs/first\n", options.out);
}

Command add_fetch(CLI::App& data) {
  CLI::App* command =
      data.add_subcommand("fetch", "Fetches drawings of Quick, Draw! from its public bucket");
  command->footer(
      R"(Only the bytes of the drawings wanted are asked for: a thousand drawings of a class are 0.1 MB as
strokes, 0.8 MB as bitmaps. They come to OUT/strokes/NAME.bin or OUT/bitmaps/NAME.npy. What was cut
off, by Ctrl-C or worse, goes on with the same command; what is there with enough drawings stays.
A file with fewer is replaced. The names of the 345 categories stand in assets/categories.txt.

  inkling data fetch --out quickdraw
      the first 1000 drawings of all 345 categories, 40 MB
  inkling data fetch --classes words.txt --per-class 4000 --out quickdraw
      only the words that words.txt lists, one a line
  inkling data fetch --classes 10 --form bitmaps --out quickdraw
      Google's own 28x28 pictures of the first ten
  inkling train --data quickdraw --out runs/first)");
  const auto options = std::make_shared<Fetch>();
  Fetch& o = *options;
  command
      ->add_option("--classes", o.classes,
                   "File with names, one a line; or the first so many; or all")
      ->capture_default_str();
  command->add_option("--per-class", o.per_class, "The first drawings of each class; 0: all")
      ->capture_default_str();
  command->add_option("--form", o.form, "strokes or bitmaps")
      ->capture_default_str()
      ->check(CLI::IsMember({"strokes", "bitmaps"}));
  command->add_option("--out", o.out, "Folder to write into")->required();
  command->add_option("--url", o.how.url, "Where the data set is served (default: $INKLING_URL)")
      ->capture_default_str()
      ->envname("INKLING_URL");
  command->add_option("--at-once", o.how.at_once, "Classes that are fetched at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--tries", o.how.tries, "Until a class is given up, with longer pauses each")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_option("--timeout", o.how.timeout, "Seconds until a stalled connection is given up")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 3600.0));
  return [options] { fetch_drawings(*options); };
}

// ---- preview

struct Preview {
  std::vector<std::string> data, classes;
  std::string classes_file, form, config, out = "preview.png";
  report::PreviewOptions sheet;
};

void write_preview(Preview options) {
  data::OpenOptions open{.folders = data_folders(options.data),
                         .classes = options.classes,
                         .max_per_class = 2000,
                         .min_per_class = 1};
  if (!options.classes_file.empty()) open.classes = data::read_class_names(options.classes_file);
  if (!options.form.empty())
    open.form = options.form == "strokes" ? data::Form::strokes : data::Form::bitmaps;
  if (!options.config.empty()) {
    const train::Recipe recipe =
        train::read_recipe(std::string(MappedFile(options.config).text()), options.config);
    options.sheet.augment = recipe.augment;
    options.sheet.augmentation = recipe.augmentation;
    options.sheet.raster.side = recipe.side;
  }
  const data::Dataset dataset = data::open(open);
  const report::Image sheet = report::preview(dataset, options.sheet);
  write_file(options.out, report::write_png(sheet));
  fmt::print("{}: {}x{}\n", options.out, sheet.width, sheet.height);
}

Command add_preview(CLI::App& data) {
  CLI::App* command = data.add_subcommand("preview", "A contact sheet of drawings, as a PNG");
  command->footer(
      R"(A row for each word, as the network sees it; of one word, rows of it; with --augment, a drawing at the
beginning of each row and then what training makes of it.

  inkling data preview --data quickdraw --out sheet.png
  inkling data preview --data quickdraw --class cat --out cats.png
  inkling data preview --data quickdraw --class cat --augment --out augmented.png
  inkling data preview --data quickdraw --class cat --config runs/mine/config.json --out mine.png)");
  const auto options = std::make_shared<Preview>();
  Preview& o = *options;
  add_data_option(*command, o.data);
  command->add_option("--out", o.out, "The file to write")->capture_default_str();
  CLI::Option* names =
      command->add_option("--class", o.classes, "Only this word; may be given several times");
  names->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->expected(1)->allow_extra_args(false);
  command->add_option("--classes", o.classes_file, "File with the words to show, one a line")
      ->excludes(names);
  command
      ->add_option("--form", o.form, "strokes or bitmaps (default: strokes where there are both)")
      ->check(CLI::IsMember({"strokes", "bitmaps"}));
  command->add_flag("--augment", o.sheet.augment, "What augmentation does");
  command->add_option("--config", o.config, "What that of a run's config.json does");
  command->add_option("--rows", o.sheet.rows, "Rows (default: a row for each word, at most 40)")
      ->check(CLI::Range(1, 400));
  command->add_option("--columns", o.sheet.columns, "Drawings in a row")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_option("--side", o.sheet.raster.side, "Pixels of a picture's side")
      ->capture_default_str()
      ->check(CLI::Range(8, ink::max_side));
  command->add_option("--scale", o.sheet.scale, "Each of them is so many wide on the sheet")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  command->add_option("--seed", o.sheet.seed, "For augmentation")->capture_default_str();
  return [options] { write_preview(*options); };
}

// ---- examples

struct Examples {
  std::vector<std::string> folders;
  std::string out = "assets/examples.bin";
  data::ExampleOptions how;
};

void write_examples(Examples& options) {
  options.how.folders = data_folders(options.folders);
  std::unique_ptr<Bar> bar;
  options.how.progress = [&](std::size_t done, std::size_t all) {
    if (!bar) bar = std::make_unique<Bar>("choosing", all);
    bar->show(done);
  };
  const data::ExampleResult result = data::choose_examples(options.how, options.out);
  bar.reset();
  for (const std::string& note : result.notes) fmt::print(stderr, "{}\n", note);
  fmt::print("{}: {} of {}, {}\n", options.out, counted(result.drawings, "drawing", "drawings"),
             counted(result.words, "word", "words"), as_size(result.bytes));
}

Command add_examples(CLI::App& data) {
  CLI::App* command = data.add_subcommand(
      "examples", "Chooses drawings of each word for the game to show beside a replay");
  command->footer(
      R"(Some drawings that Google's game recognised, by chance, without key, country or time: the game shows them
as how others drew the word. ./play --build takes the file along when it lies in assets/, and the game
fetches it when it is first needed; without it nothing of this is seen. About 120 bytes a drawing.

  inkling data examples --data quickdraw
  inkling data examples --data quickdraw --per-word 3 --out assets/examples.bin)");
  const auto options = std::make_shared<Examples>();
  Examples& o = *options;
  command->add_option("--data", o.folders, "Folders with drawings (default: $INKLING_DATA)");
  command->add_option("--per-word", o.how.per_word, "Drawings of each word")
      ->capture_default_str()
      ->check(CLI::Range(1, ink::most_examples));
  command->add_option("--out", o.out, "File to write")->capture_default_str();
  command->add_option("--seed", o.how.seed, "Others of them")->capture_default_str();
  return [options] { write_examples(*options); };
}

}  // namespace

Command add_data(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("data", "Fetches, makes and looks into files of drawings");
  command->require_subcommand(1);
  std::vector<Command> commands = {
      add_fetch(*command), add_info(*command),    add_convert(*command), add_sort(*command),
      add_synth(*command), add_preview(*command), add_examples(*command)};
  return [command, commands] {
    const std::vector<CLI::App*> all = command->get_subcommands({});
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i]->parsed()) commands[i]();
  };
}

}  // namespace cli
