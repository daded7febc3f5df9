// Runs the real `inkling` as a shell would.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

struct Outcome {
  int status;          // as the shell sees it
  std::string output;  // stdout and stderr
};

inline Outcome run_command(const std::string& command) {
  Outcome outcome{-1, ""};
  FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  if (!pipe) return outcome;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.output.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

// before: words that stand before the program, such as "timeout 3" or "ulimit -f 1;".
inline Outcome inkling(const std::string& arguments, const std::string& before = "") {
  return run_command(before + " " + INKLING_PROGRAM + " " + arguments);
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
