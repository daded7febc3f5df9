// Training by several processes, with the real program and the real mpirun, on this machine.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"
#include "trainer/file.h"
#include "trainer/onnx/onnx.h"

using nlohmann::json;

#ifdef INKLING_MPIRUN

namespace {

const std::string mpirun =
    INKLING_MPIRUN " --allow-run-as-root --oversubscribe --mca btl tcp,self -np ";

Outcome ranks(int count, const std::string& arguments) {
  return inkling(arguments, mpirun + std::to_string(count));
}

// Rank 1 is sent a signal as soon as there is a new checkpoint.
Outcome ranks_with_signal(int count, const std::string& signal, const std::filesystem::path& run,
                          const std::string& arguments) {
  const std::string mark = run.string() + "-begun", checkpoint = (run / "checkpoint").string();
  const std::string script = "if [ $OMPI_COMM_WORLD_RANK = 1 ]; then touch " + mark +
                             "; (until [ " + checkpoint + " -nt " + mark +
                             " ]; do sleep 0.1; done; kill -" + signal +
                             " $$) & fi; exec " INKLING_PROGRAM " " + arguments;
  return run_command("timeout 60 " + mpirun + std::to_string(count) + " sh -c '" + script + "'");
}

std::vector<float> weights_of(const std::filesystem::path& run) {
  const std::string path = (run / "model.onnx").string();
  return onnx::read_model(MappedFile(path).bytes(), path).weights;
}

json metrics_of(const std::filesystem::path& run) {
  return json::parse(std::ifstream(run / "metrics.json"));
}

// The largest difference, as a share of the largest weight.
double difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0, worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(b[i]));
    worst = std::max(worst, std::abs(a[i] - b[i]));
  }
  return double(worst / largest);
}

}  // namespace

// Rounding differs only in the order in which the gradients of rows are added: 1e-7 of a sum. One
// epoch of it is compared, since sooner or later a pool whose numbers are all but equal chooses
// another one: within three epochs that was seen to move the weights by 1e-3, in one process with
// another number of threads as well.
TEST_CASE("Two and four ranks give the weights of one process, up to rounding") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 80, 7);
  // A batch that four ranks cannot share evenly, and a last one that is smaller still.
  const std::string options =
      "train --epochs 1 --batch 50 --seed 3 --lr 0.001 --precision f32 --no-logs --average 0.9 "
      "--data " +
      (folder.path / "data").string();
  int runs = 0;
  const auto out = [&](const std::string& arch, const std::string& threads, int count) {
    const std::filesystem::path run = folder.path / std::to_string(++runs);
    const std::string arguments =
        options + " --arch " + arch + " --threads " + threads + " --out " + run.string();
    const Outcome outcome = count == 1 ? inkling(arguments) : ranks(count, arguments);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    CHECK(metrics_of(run)["ranks"] == count);
    return run;
  };
  // Without batch norm and dropout the number of threads does not matter.
  const std::filesystem::path one = out("simple-cnn", "1", 1);
  for (const int count : {2, 4}) {
    CAPTURE(count);
    const std::filesystem::path many = out("simple-cnn", "1", count);
    CHECK(difference(weights_of(many), weights_of(one)) < 1e-4);
    const json expected = metrics_of(one), found = metrics_of(many);
    for (const char* entry : {"loss", "validation_loss", "train_top1", "train_top5"})
      CHECK(found["history"][0][entry].get<double>() ==
            doctest::Approx(expected["history"][0][entry].get<double>()).epsilon(1e-4));
  }
  // With them it does, in one process as well: statistics are those of a thread's rows, and what is
  // dropped depends on where they begin. As many threads in all give the same; and a sum of two has
  // only one order.
  for (const std::string arch : {"mobile", "squeeze"}) {
    CAPTURE(arch);
    CHECK(weights_of(out(arch, "1", 2)) == weights_of(out(arch, "2", 1)));
  }
}

TEST_CASE("More ranks than rows in a batch") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 12, 7);
  const std::string run = (folder.path / "run").string();
  const Outcome outcome = ranks(4, "train --epochs 1 --batch 3 --threads 1 --data " +
                                       (folder.path / "data").string() + " --out " + run);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  CHECK(outcome.output.find("4 ranks") != std::string::npos);
}

TEST_CASE("A rank that dies ends the run with a line, and any number of ranks goes on") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 60, 5);
  const std::filesystem::path run = folder.path / "run";
  const std::string where = " --checkpoint-every 0.2 --data " + (folder.path / "data").string() +
                            " --out " + run.string();
  const std::string resume = "train --resume" + where;
  const Outcome killed =
      ranks_with_signal(2, "KILL", run, "train --epochs 100000 --batch 32 --threads 1" + where);
  CHECK(killed.status != 0);
  CHECK(killed.status != 124);  // that of the time-out
  CHECK_MESSAGE(killed.output.find("inkling: rank 1 of 2 (process ") != std::string::npos,
                killed.output);
  CHECK(killed.output.find("'inkling train --resume' goes on from the last checkpoint") !=
        std::string::npos);
  CHECK_FALSE(std::filesystem::exists(run / "model.onnx"));

  for (const int count : {2, 4}) {
    CAPTURE(count);
    const Outcome interrupted = ranks_with_signal(count, "INT", run, resume);
    CHECK_MESSAGE(interrupted.status == 0, interrupted.output);
    CHECK(interrupted.output.find("going on at epoch") != std::string::npos);
    CHECK(interrupted.output.find("stopped early") != std::string::npos);
    CHECK(metrics_of(run)["interrupted"] == true);
  }
  const Outcome alone = inkling(resume, "timeout --preserve-status --signal=INT 2");
  CHECK_MESSAGE(alone.status == 0, alone.output);
  CHECK(alone.output.find("going on at epoch") != std::string::npos);
}

TEST_CASE("What one rank cannot do is said once, with its name") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 40, 5);
  shapes::write_folder(folder.path / "other", 40, 6);
  const std::string program = INKLING_PROGRAM, out = " --out " + (folder.path / "run").string();
  const std::string first = " train --data " + (folder.path / "data").string() + out;
  const auto beside = [&](const std::string& data) {
    return run_command(mpirun + "1 " + program + first + " : -np 1 " + program + " train --data " +
                       (folder.path / data).string() + out);
  };
  const Outcome missing = beside("nowhere");
  CHECK(missing.status == 2);
  CHECK_MESSAGE(missing.output.find("inkling: rank 1 of 2 on ") != std::string::npos,
                missing.output);
  CHECK(missing.output.find("nowhere: there is no such data folder") != std::string::npos);
  const Outcome other = beside("other");
  CHECK(other.status == 2);
  CHECK(other.output.find("has other drawings than rank 0") != std::string::npos);

  const Outcome both = ranks(2, "train --arch resnet" + out);
  CHECK(both.status == 2);
  const std::size_t at = both.output.find("there is no architecture 'resnet'");
  REQUIRE(at != std::string::npos);
  CHECK(both.output.find("there is no architecture", at + 1) == std::string::npos);
}

#else

TEST_CASE("Training by several processes") {
  MESSAGE("SKIPPED: training by several processes: built without MPI");
  const Outcome outcome = inkling("train --out nowhere", "OMPI_COMM_WORLD_SIZE=2");
  CHECK(outcome.status == 2);
  CHECK(outcome.output.find("was built without MPI") != std::string::npos);
}

#endif
