// `inkling`: trains the small networks that guess what is drawn, and looks into them.
#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/error.h"

namespace cli {

void add_data_option(CLI::App& command, std::vector<std::string>& folders) {
  command
      .add_option("--data", folders,
                  "Folder of drawings (default: $INKLING_DATA); may be given several times")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->allow_extra_args(false);
}

std::vector<std::filesystem::path> data_folders(const std::vector<std::string>& given) {
  if (!given.empty()) return {given.begin(), given.end()};
  if (const char* folder = std::getenv("INKLING_DATA"); folder && *folder) return {folder};
  fail("no data folder: name one with --data or $INKLING_DATA");
}

}  // namespace cli

namespace {

constexpr const char* description =
    "Trains the small networks that guess what is drawn, and looks into them.";

constexpr const char* examples = R"(Examples:
  inkling data fetch --classes 20 --out quickdraw
      the first 1000 drawings of 20 categories of Quick, Draw!, a few MB
  inkling train --data quickdraw --out runs/first
      trains simple-cnn on every class of the folder; runs/first/model.onnx drops into the page
  inkling train --data quickdraw --classes pets.txt --epochs 20 --out runs/pets
      only the words that pets.txt lists, one a line, and for longer
  inkling evaluate runs/first/model.onnx --data quickdraw
      top-1, top-3 and top-5 on drawings that it has not seen, and how early it knows
  inkling report runs/first runs/pets --out report.html
      curves, accuracy, confusions of both, on one page
  inkling compress runs/first/model.onnx --method int8 --data quickdraw
      a quarter of the bytes, and what it costs
  inkling inspect runs/first/model.onnx
      its card, layers, parameters and bytes
  inkling data synth --out shapes; inkling data preview --data shapes --out shapes.png
      drawings to try all this with, and a look at them

The data folder holds Quick, Draw! files, one a class: NAME.bin (strokes) or NAME.npy (28x28 bitmaps),
or subfolders strokes/ and bitmaps/ with them. Without --data it is $INKLING_DATA.
'inkling COMMAND --help' tells more of each command.)";

int run(int argc, char** argv) {
  CLI::App program(description, "inkling");
  program.footer(examples);
  program.require_subcommand(1);
  program.get_formatter()->column_width(34);
  program.option_defaults()->take_last();
  std::vector<std::pair<std::string, cli::Command>> commands;
  commands.emplace_back("train", cli::add_train(program));
  commands.emplace_back("compare", cli::add_compare(program));
  commands.emplace_back("compress", cli::add_compress(program));
  commands.emplace_back("evaluate", cli::add_evaluate(program));
  commands.emplace_back("simulate", cli::add_simulate(program));
  commands.emplace_back("calibrate", cli::add_calibrate(program));
  commands.emplace_back("report", cli::add_report(program));
  commands.emplace_back("inspect", cli::add_inspect(program));
  commands.emplace_back("zoo", cli::add_zoo(program));
  commands.emplace_back("data", cli::add_data(program));
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    fail("{}; see 'inkling --help'", error.what());
  }
  for (const auto& [name, command] : commands)
    if (program.got_subcommand(name)) command();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    fail("standard output could not be written: {}", std::strerror(errno));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // A limit on the size of files shall be an error of writing, with its line, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("inkling: out of memory; try a smaller --batch or fewer --threads\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inkling: %s\n", error.what());
  }
  return 2;
}
