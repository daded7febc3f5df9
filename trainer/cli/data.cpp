// `inkling data`: what can be done with files of drawings.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/ink/record.h"
#include "trainer/cli/cli.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"
#include "trainer/file.h"

namespace cli {
namespace {

struct RasterCommand {
  std::string in, out;
  ink::RasterOptions raster;
};

void raster_file(const RasterCommand& options) {
  const MappedFile file(options.in);
  const std::span<const std::uint8_t> bytes = file.bytes();
  const auto pixels = std::size_t(options.raster.side) * std::size_t(options.raster.side);
  std::vector<std::uint8_t> pictures;
  ink::Record record;
  std::size_t rows = 0;
  for (std::size_t at = 0; at < bytes.size(); ++rows) {
    const Result<std::size_t> size = ink::read_record(bytes.subspan(at), record);
    if (!size)
      fail("{}: record {} at byte {}: {}; fetch the file again", options.in, rows, at,
           size.error());
    at += *size;
    pictures.resize((rows + 1) * pixels);
    ink::raster(record.drawing, options.raster, std::span(pictures).last(pixels));
  }
  if (rows == 0) fail("{}: holds no drawings", options.in);
  write_file(options.out, data::write_npy(pictures, pixels));
  fmt::print("{}: {} pictures of {}x{}\n", options.out, rows, options.raster.side,
             options.raster.side);
}

}  // namespace

Command add_data(CLI::App& program) {
  CLI::App* command = program.add_subcommand("data", "Works on files of drawings");
  command->require_subcommand(1);
  CLI::App* raster = command->add_subcommand(
      "raster", "Draws every record of a .bin file as the network sees it, into a .npy file");
  raster->footer(R"(The .npy holds uint8 [drawings, side * side], 0 paper, 255 ink.

  inkling data raster quickdraw/strokes/cat.bin cat.npy)");
  const auto options = std::make_shared<RasterCommand>();
  raster->add_option("IN", options->in, "A file of records (.bin)")->required();
  raster->add_option("OUT", options->out, "The array to write (.npy)")->required();
  raster->add_option("--side", options->raster.side, "Pixels of a side")
      ->capture_default_str()
      ->check(CLI::Range(1, ink::max_side));
  return [options] { raster_file(*options); };
}

}  // namespace cli
