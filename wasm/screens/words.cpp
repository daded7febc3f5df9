// The choice of a word to practise: all of them, in the language's order, with letters to jump to.
// A page holds as many as the screen has room for; nothing has to be typed.
#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float row_height = 46;

struct Shelf {
  ui::Vec heading;
  float heading_room;
  ui::Align align;
  ui::Rect letters;
  int letters_a_row;
  ui::Rect list;
  int columns;
  ui::Vec before, next;
};

std::vector<char> letters_of(const App& app) {
  std::vector<char> letters;
  for (const text::Place& place : app.practice.words) {
    if (place.letter != 0 && (letters.empty() || letters.back() != place.letter))
      letters.push_back(place.letter);
  }
  return letters;
}

Shelf shelf_of(const Page& page, int n_letters) {
  const ui::Rect a = page.area;
  Shelf shelf{};
  if (page.form == Form::landscape) {
    // As many letters in a row as leave a finger's room to each.
    const auto fits = [&](int in_a_row) {
      const int rows = (n_letters + in_a_row - 1) / in_a_row;
      return static_cast<float>(rows) * ui::least_target <= a.h - 74;
    };
    const bool four = fits(4);
    shelf.letters_a_row = four ? 4 : 6;
    const float left = four ? 206 : 6 * ui::least_target + 22;
    shelf.heading = {a.x + 76, a.y + 38};
    shelf.heading_room = left - 66;
    shelf.align = ui::Align::left;
    shelf.letters = {a.x + 18, a.y + 68, left - 22, a.h - 74};
    shelf.list = {a.x + left + 20, a.y + 16, a.w - left - 112, a.h - 32};
    shelf.columns = std::clamp(static_cast<int>(shelf.list.w / 140), 1, 3);
    shelf.before = {a.right() - 46, a.centre().y - 36};
    shelf.next = {a.right() - 46, a.centre().y + 36};
    return shelf;
  }
  const bool wide = page.form == Form::wide;
  const float w = std::min(a.w - 28, wide ? 1080.0f : 660.0f);
  const float x = a.centre().x - w / 2;
  // As many rows of letters as it takes, all of them as full as the last but one.
  const int most = std::max(1, static_cast<int>(w / 45));
  const int rows = std::max(1, (n_letters + most - 1) / most);
  shelf.heading = {a.centre().x, a.y + 38};
  shelf.heading_room = a.w - 150;
  shelf.align = ui::Align::centre;
  shelf.letters_a_row = (n_letters + rows - 1) / rows;
  const float letters_h = n_letters == 0 ? 0 : 46 * static_cast<float>(rows);
  shelf.letters = {x, a.y + 74, w, letters_h};
  const float foot = 84;
  shelf.list = {x + 8, shelf.letters.bottom() + 12, w - 16,
                a.bottom() - foot - shelf.letters.bottom() - 12};
  shelf.columns = std::clamp(static_cast<int>(w / 170), 2, 5);
  shelf.before = {a.centre().x - 50, a.bottom() - 44};
  shelf.next = {a.centre().x + 50, a.bottom() - 44};
  return shelf;
}

// A letter to jump to; the marker lies under those whose words are shown.
void letter_button(App& app, char letter, ui::Rect box, bool shown) {
  ui::Ui& ui = app.ui;
  const std::string label(1, letter);
  const std::string id =
      "letter-" +
      std::string(1, static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  ui.hot.push_back({id, text::format(app.texts, "mirror.letter", {{"letter", label}}), box, box});
  const bool lively = ui.held == id || ui.hovered == id;
  if (shown) {
    ui::scribble(ui, ui::around(box.centre(), 34, 32), 2, ui.theme->marker, 80 + letter);
    if (ui.theme->strong) {
      const ui::Vec under = box.centre() + ui::Vec{0, 15}, half = {15, 0};
      ui::line(ui, under - half, under + half, 2.4f, ui.theme->ink, 80 + letter);
    }
  }
  const ui::Color color = shown ? ui.theme->on_marker : (lively ? ui.theme->ink : ui.theme->soft);
  ui::text(ui, box.centre() - ui::Vec{0, 1}, 24, color, label, ui::Align::centre);
}

// A word of the list, on a line of its own as on ruled paper.
void word_row(App& app, int label, ui::Rect box) {
  ui::Ui& ui = app.ui;
  const std::string id = "word-" + app.card.classes[static_cast<std::size_t>(label)];
  const std::string_view name = word(app, label);
  ui.hot.push_back({id, std::string(name), box, box});
  const bool lively = ui.held == id || ui.hovered == id;
  if (lively) {
    ui::scribble(ui, ui::inset(box, 0, 6), 2, ui.theme->marker, 90, 1, 5);  // under all letters
  }
  ui::text(ui, {box.x + 10, box.centre().y}, ui::fit(ui.type, 24, name, box.w - 16),
           lively ? ui.theme->on_marker : ui.theme->ink, name);
  ui::line(ui, {box.x + 4, box.bottom() - 2}, {box.right() - 4, box.bottom() - 2}, 1.4f,
           ui.theme->line, 91);
}

}  // namespace

void words(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  Practice& practice = app.practice;
  const std::vector<char> letters = letters_of(app);
  const Shelf shelf = shelf_of(page, static_cast<int>(letters.size()));
  home_button(app, page);
  const std::string_view heading = say(app, "practice.which");
  ui::text(ui, shelf.heading, ui::fit(ui.type, ui::size::head, heading, shelf.heading_room),
           ui.theme->ink, heading, shelf.align);

  const int n = static_cast<int>(practice.words.size());
  const int rows = std::max(1, static_cast<int>(shelf.list.h / row_height));
  practice.shown = rows * shelf.columns;
  const int end = std::min(n, practice.first + practice.shown);
  const auto at = [&](int i) { return practice.words[static_cast<std::size_t>(i)]; };

  const float step = shelf.letters.w / static_cast<float>(std::max(1, shelf.letters_a_row));
  const int letter_rows = (static_cast<int>(letters.size()) + shelf.letters_a_row - 1) /
                          std::max(1, shelf.letters_a_row);
  const float letter_h =
      std::min(46.0f, shelf.letters.h / static_cast<float>(std::max(1, letter_rows)));
  for (int i = 0; i < static_cast<int>(letters.size()); ++i) {
    const char letter = letters[static_cast<std::size_t>(i)];
    const int row = i / shelf.letters_a_row, column = i % shelf.letters_a_row;
    const ui::Rect box = {shelf.letters.x + step * static_cast<float>(column),
                          shelf.letters.y + letter_h * static_cast<float>(row), step, letter_h};
    const bool shown =
        practice.first < end && at(practice.first).letter <= letter && letter <= at(end - 1).letter;
    letter_button(app, letter, box, shown);
  }

  const float w = shelf.list.w / static_cast<float>(shelf.columns);
  for (int i = practice.first; i < end; ++i) {
    const int row = (i - practice.first) % rows, column = (i - practice.first) / rows;
    word_row(app, at(i).index,
             {shelf.list.x + w * static_cast<float>(column) + 4,
              shelf.list.y + row_height * static_cast<float>(row), w - 8, row_height});
  }
  ui::round_button(ui, "words-before", shelf.before, 28, ui::Icon::before,
                   say(app, "practice.before"), practice.first > 0);
  ui::round_button(ui, "words-next", shelf.next, 28, ui::Icon::next, say(app, "practice.next"),
                   end < n);
}

}  // namespace screens
