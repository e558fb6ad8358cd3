#include "quiet-errors.h"

#include <unistd.h>

#include <cctype>
#include <string>

namespace paretoscope {
namespace {

bool StartsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

void WriteAll(int descriptor, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<size_t>(count);
  }
}

std::string ReadAll(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char block[4096];
  for (size_t count; (count = std::fread(block, 1, sizeof block, file)) > 0;) text.append(block, count);
  return text;
}

}  // namespace

bool IsGreeting(const std::string& line) {
  if (StartsWith(line, "WARNING: All log messages before absl::InitializeLog()")) return true;
  if (StartsWith(line, "To enable the following instructions:")) return true;
  // absl: "I0000 00:00:1700000000.000000 12 file.cc:1] text"
  if (line.size() > 5 && line[0] == 'I' && std::isdigit(line[1]) && std::isdigit(line[4])) {
    return line.find("] ") != std::string::npos;
  }
  // TensorFlow's own: "2026-01-31 12:00:00.000000: I tensorflow/core/…] text"
  return line.size() > 29 && std::isdigit(line[0]) && line[4] == '-' && line.compare(26, 4, ": I ") == 0;
}

QuietErrors::QuietErrors() : held_(std::tmpfile()) {
  if (held_ == nullptr) return;
  std::fflush(stderr);
  original_ = dup(STDERR_FILENO);
  if (original_ >= 0) dup2(fileno(held_), STDERR_FILENO);
}

QuietErrors::~QuietErrors() {
  if (held_ == nullptr) return;
  if (original_ >= 0) {
    std::fflush(stderr);
    dup2(original_, STDERR_FILENO);
    close(original_);
    const std::string text = ReadAll(held_);
    std::string kept;
    for (size_t start = 0; start < text.size();) {
      const size_t end = text.find('\n', start);
      const std::string line = text.substr(start, end == std::string::npos ? end : end - start + 1);
      if (!IsGreeting(line)) kept += line;
      start += line.size();
    }
    WriteAll(STDERR_FILENO, kept);
  }
  std::fclose(held_);
}

}  // namespace paretoscope
