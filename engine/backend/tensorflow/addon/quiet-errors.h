#ifndef PARETOSCOPE_QUIET_ERRORS_H_
#define PARETOSCOPE_QUIET_ERRORS_H_

#include <cstdio>
#include <string>

namespace paretoscope {

// While one lives, what the process writes to descriptor 2 is held back; at its end everything but TensorFlow's
// greetings is written there after all. TensorFlow logs a few lines of information when it loads, which no variable
// silences. Not for use on several threads at once.
class QuietErrors {
 public:
  QuietErrors();
  ~QuietErrors();
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  std::FILE* held_ = nullptr;
  int original_ = -1;
};

// Whether a line of the log is one of the greetings: a message of information, its second line, or the announcement of
// lines on stderr.
bool IsGreeting(const std::string& line);

}  // namespace paretoscope

#endif  // PARETOSCOPE_QUIET_ERRORS_H_
