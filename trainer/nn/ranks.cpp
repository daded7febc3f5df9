#include "trainer/nn/ranks.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "trainer/error.h"

namespace nn {
namespace {

// Those that this process may run on.
int own_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0)
    return int(std::max(1u, std::thread::hardware_concurrency()));
  return std::max(1, CPU_COUNT(&cores));
}

}  // namespace
}  // namespace nn

#ifdef INKLING_MPI

#define OMPI_SKIP_MPICXX  // the C interface alone
#include <mpi.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <exception>
#include <stop_token>

namespace nn {
namespace {

void check(int status) {
  if (status == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  fail("the ranks have lost each other: {}; 'inkling train --resume' goes on from the checkpoint",
       text.data());
}

// What the ranks know of each other.
struct Member {
  std::array<char, 64> host{};
  int process = 0;
  cpu_set_t cores{};
};

bool share_host(const Member& a, const Member& b) {
  return a.host == b.host;
}

}  // namespace

struct Ranks::Party {
  explicit Party(const Watch& w);
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;
  ~Party();

  // Does an MPI call that the other ranks take part in; fails where it does.
  template <class Call>
  void call(const Call& mpi) {
    ++calls;
    const int status = mpi();
    ++calls;
    check(status);
  }

  void watch_over(const std::stop_token& stop);
  bool is_gone(const Member& member) const;
  std::string loss() const;

  Watch watch;
  int rank = 0, count = 1;
  std::vector<Member> members;
  bool all_end = false;                // an error that all ranks know of
  std::atomic<std::uint64_t> calls{};  // odd: in one
  std::jthread watcher;
};

Ranks::Party::Party(const Watch& w) : watch(w) {
  int threads = 0;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &threads));
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  Member self;
  ::gethostname(self.host.data(), self.host.size() - 1);
  self.process = ::getpid();
  ::sched_getaffinity(0, sizeof self.cores, &self.cores);
  members.resize(std::size_t(count));
  check(MPI_Allgather(&self, sizeof self, MPI_BYTE, members.data(), sizeof self, MPI_BYTE,
                      MPI_COMM_WORLD));
  std::signal(SIGPIPE, SIG_IGN);  // a message to a dead rank is an error, not the end
  if (watch.told_to_end && count > 1)
    watcher = std::jthread([this](const std::stop_token& stop) { watch_over(stop); });
}

// Where only this rank fails, mpirun sees it end without a farewell, and ends the others.
Ranks::Party::~Party() {
  if (all_end || std::uncaught_exceptions() == 0) MPI_Finalize();
}

// A thread of its own: once a rank is dead, an MPI call of another one may return an error, wait
// for ever, or hang in its own warnings. On this machine the dead are seen at once; of others
// mpirun tells, by a SIGTERM to all, and kills a second later.
void Ranks::Party::watch_over(const std::stop_token& stop) {
  constexpr auto tick = std::chrono::milliseconds(50);
  constexpr int patience = 12;
  int ticks = 0, told = 0;  // in this one call; of them since this rank was told to end
  for (std::uint64_t seen = 0; !stop.stop_requested(); std::this_thread::sleep_for(tick)) {
    const std::uint64_t now = calls;
    const bool waits = now == seen && now % 2 == 1;
    ticks = waits ? ticks + 1 : 0;
    told = waits && watch.told_to_end() ? told + 1 : 0;
    seen = now;
    const auto gone = [this](const Member& member) { return is_gone(member); };
    const bool sees_it = ticks > 1 && std::any_of(members.begin(), members.end(), gone);
    if (told <= patience && !sees_it) continue;
    // A rank that has nothing to say waits for mpirun, which cuts the others short when it ends.
    if (const std::string line = loss(); told > patience || !line.empty()) watch.give_up(line);
  }
}

bool Ranks::Party::is_gone(const Member& member) const {
  return share_host(member, members[std::size_t(rank)]) && ::kill(member.process, 0) != 0 &&
         errno == ESRCH;
}

// What the lowest rank that lives on a machine says of it; the others: nothing.
std::string Ranks::Party::loss() const {
  constexpr const char* remedy =
      "'inkling train --resume' goes on from the last checkpoint, with any number of ranks";
  std::string dead = "another rank is gone, or slow to end";
  for (int other = count - 1; other >= 0; --other) {
    const Member& member = members[std::size_t(other)];
    if (!share_host(member, members[std::size_t(rank)])) continue;
    if (is_gone(member))
      dead = fmt::format("rank {} of {} (process {} on {}) is gone", other, count, member.process,
                         member.host.data());
    else if (other < rank)
      return {};
  }
  return fmt::format("{}; {}", dead, remedy);
}

Ranks Ranks::join(const Watch& watch) {
  Ranks ranks;
  // OpenMPI's own mpirun, and those that speak PMIx, such as srun.
  if (std::getenv("OMPI_COMM_WORLD_SIZE") || std::getenv("PMIX_RANK"))
    ranks.party_ = std::make_shared<Party>(watch);
  return ranks;
}

int Ranks::rank() const {
  return party_ ? party_->rank : 0;
}
int Ranks::count() const {
  return party_ ? party_->count : 1;
}

int Ranks::cores(int rank) const {
  if (alone()) return own_cores();
  const Member& own = party_->members[std::size_t(rank)];
  int sharers = 0;
  for (const Member& other : party_->members)
    sharers += share_host(own, other) && CPU_EQUAL(&own.cores, &other.cores);
  return std::max(1, CPU_COUNT(&own.cores) / sharers);
}

std::string Ranks::name(int rank) const {
  const char* host = party_ ? party_->members[std::size_t(rank)].host.data() : "this machine";
  return fmt::format("rank {} of {} on {}", rank, count(), host);
}

void Ranks::together(const std::function<void()>& work) const {
  if (alone()) return work();
  std::string error;
  try {
    work();
  } catch (const Error& e) {
    error = e.what();
  } catch (const std::exception& e) {
    error = e.what();
  }
  const std::vector<std::uint64_t> failed = gather(!error.empty());
  const auto first = std::find(failed.begin(), failed.end(), 1u);
  if (first == failed.end()) return;
  // Rank 0 is told by the first one that failed.
  const int speaker = int(first - failed.begin());
  if (speaker != 0 && rank() == speaker) {
    party_->call(
        [&] { return MPI_Send(error.data(), int(error.size()), MPI_CHAR, 0, 0, MPI_COMM_WORLD); });
  }
  if (speaker != 0 && leads()) {
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    int length = 0;
    party_->call([&] { return MPI_Mprobe(speaker, 0, MPI_COMM_WORLD, &message, &status); });
    MPI_Get_count(&status, MPI_CHAR, &length);
    error.resize(std::size_t(length));
    check(MPI_Mrecv(error.data(), length, MPI_CHAR, &message, MPI_STATUS_IGNORE));
    error = fmt::format("{}: {}", name(speaker), error);
  }
  party_->all_end = true;
  if (!leads()) throw SaidElsewhere{};
  fail("{}", error);
}

void Ranks::broadcast(std::string& bytes) const {
  if (alone()) return;
  bytes.resize(gather(bytes.size()).front());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min<std::size_t>(bytes.size() - at, INT_MAX);
    party_->call(
        [&] { return MPI_Bcast(bytes.data() + at, int(size), MPI_BYTE, 0, MPI_COMM_WORLD); });
    at += size;
  }
}

std::vector<std::uint64_t> Ranks::gather(std::uint64_t value) const {
  std::vector<std::uint64_t> values(std::size_t(count()), value);
  if (alone()) return values;
  party_->call([&] {
    return MPI_Allgather(&value, 1, MPI_UINT64_T, values.data(), 1, MPI_UINT64_T, MPI_COMM_WORLD);
  });
  return values;
}

void Ranks::sum(std::span<float> values) const {
  if (alone()) return;
  party_->call([&] {
    return MPI_Allreduce(MPI_IN_PLACE, values.data(), int(values.size()), MPI_FLOAT, MPI_SUM,
                         MPI_COMM_WORLD);
  });
}

}  // namespace nn

#else  // built without MPI: one rank

namespace nn {

struct Ranks::Party {};

Ranks Ranks::join(const Watch&) {
  if (const char* count = std::getenv("OMPI_COMM_WORLD_SIZE"); count && std::atoi(count) > 1)
    fail(
        "this inkling was built without MPI, and cannot train as one of {} ranks; install "
        "libopenmpi-dev and build it again",
        count);
  return {};
}

int Ranks::rank() const {
  return 0;
}
int Ranks::count() const {
  return 1;
}
int Ranks::cores(int) const {
  return own_cores();
}
std::string Ranks::name(int) const {
  return "rank 0 of 1 on this machine";
}
void Ranks::together(const std::function<void()>& work) const {
  work();
}
void Ranks::broadcast(std::string&) const {}
std::vector<std::uint64_t> Ranks::gather(std::uint64_t value) const {
  return {value};
}
void Ranks::sum(std::span<float>) const {}

}  // namespace nn

#endif
