// The end of a link that challenges a friend.
#include "engine/game/challenge.h"

#include "tests/fuzz/fuzz.h"

void fuzz::run(Bytes bytes) {
  // As it comes, and with the checksum that would keep almost everything out.
  const Result<game::Challenge> as_it_is = game::read_challenge(as_text(bytes));
  if (!as_it_is) expect_one_line(as_it_is.error());
  const Result<game::Challenge> challenge = game::read_challenge(game::challenge_text(bytes));
  if (!challenge) return expect_one_line(challenge.error());
  expect(!challenge->rounds.empty(), "a challenge has rounds");
  const auto text = game::write_challenge(*challenge);
  expect(text && text->size() <= game::longest_challenge, "it can be sent on");
  expect(bool(game::read_challenge(*text)), "and read again");
}
