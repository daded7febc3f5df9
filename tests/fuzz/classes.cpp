// Lists of classes, and the game's texts: lines for people to edit.
#include "engine/text/catalogue.h"
#include "tests/fuzz/fuzz.h"
#include "trainer/data/dataset.h"

void fuzz::run(Bytes bytes) {
  const File file(bytes);
  attempt([&] {
    for (const std::string& name : data::read_class_names(file.path())) {
      const std::filesystem::path path = std::filesystem::path("folder") / (name + ".bin");
      expect(path.parent_path() == "folder" && path.lexically_normal() == path,
             "a class stays in its folder");
    }
  });
  const Result<text::Catalogue> catalogue = text::parse_catalogue(as_text(bytes));
  if (!catalogue) return expect_one_line(catalogue.error());
  for (const auto& [key, value] : catalogue->entries) {
    text::format(*catalogue, key, {{"word", "cat"}, {"seconds", "20"}});
    text::with_article(*catalogue, key);
  }
}
