// A value or one clear line of what went wrong: how the engine reports errors, since it throws
// nothing.
//
//   Result<Card> card = read_card(bytes);
//   if (!card) return show(card.error());
//   use(card->classes);
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>

template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  static Result failure(std::string message) {
    Result result;
    // One line it stays whatever it quotes.
    for (char& c : message) {
      if ((c >= 0 && c < ' ') || c == 0x7f) c = '?';
    }
    result.error_ = std::move(message);
    return result;
  }

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return assert(value_), *value_; }
  const T& operator*() const { return assert(value_), *value_; }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  // One line for a person, without a full stop; empty when there is a value.
  const std::string& error() const { return error_; }

 private:
  Result() = default;
  std::optional<T> value_;
  std::string error_;
};
