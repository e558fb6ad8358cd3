#ifndef PARETOSCOPE_FAILURE_H_
#define PARETOSCOPE_FAILURE_H_

#include <stdexcept>
#include <string>

namespace paretoscope {

// Becomes a JavaScript Error with this code and message at the border (js.h).
class Failure : public std::runtime_error {
 public:
  Failure(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const { return code_; }

 private:
  const char* code_;
};

}  // namespace paretoscope

#endif  // PARETOSCOPE_FAILURE_H_
