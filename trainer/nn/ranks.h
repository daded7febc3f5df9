// Training by several processes at once, on one machine or many: those that `mpirun` started, each
// a rank of 0..count-1. A program that was started alone is one rank; then all of this does nothing
// and costs nothing. The only place that knows MPI.
//
//   const nn::Ranks ranks = nn::Ranks::join({told_to_end, give_up});
//   ranks.together([&] { dataset = open(folder); });  // fails on all ranks where it does on one
//   ranks.broadcast(text);                            // rank 0's
//   ranks.sum(gradient);
//
// What more than one rank takes part in (together, broadcast, gather, sum) all must call, in the
// same order, from the thread that joined. Where a rank dies in between, mpirun tells the others to
// end, and those that wait for it give up within a second.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nn {

// Ends a rank without a word: another one says what went wrong.
struct SaidElsewhere {};

class Ranks {
 public:
  // One rank.
  Ranks() = default;

  struct Watch {
    bool (*told_to_end)() = nullptr;  // has a SIGTERM come?
    // Ends the program, from a thread of its own, and says the line, where there is one.
    void (*give_up)(const std::string& line) = nullptr;
  };

  // The ranks of this program's mpirun. Call once; the last copy leaves, and waits for the other
  // ranks to do so, unless an exception ends it. Fails where mpirun started a program that was
  // built without MPI.
  static Ranks join(const Watch& watch);

  int rank() const;
  int count() const;
  bool alone() const { return count() == 1; }
  bool leads() const { return rank() == 0; }  // it writes files and prints, alone

  // Cores for a rank's threads: those that it may run on, shared evenly with the ranks that may run
  // on the same ones.
  int cores(int rank) const;

  // "rank 1 of 4 on HOST"
  std::string name(int rank) const;

  // Does a part of the work that may fail, on all ranks; no calls of Ranks in it. Where it fails on
  // some, rank 0 fails with the first one's error, and its name; the others throw SaidElsewhere.
  void together(const std::function<void()>& work) const;

  // Takes over rank 0's.
  void broadcast(std::string& bytes) const;

  // Each rank's, in their order.
  std::vector<std::uint64_t> gather(std::uint64_t value) const;

  // Replaces the values by their sums over the ranks: the same on all of them, bit for bit, where
  // their processors are alike.
  void sum(std::span<float> values) const;

 private:
  struct Party;
  std::shared_ptr<Party> party_;  // of what mpirun started
};

}  // namespace nn
