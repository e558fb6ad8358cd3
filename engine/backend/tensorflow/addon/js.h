// JavaScript values in and out, by N-API. Functions throw Failure; Guarded turns it into a JavaScript exception.
#ifndef PARETOSCOPE_JS_H_
#define PARETOSCOPE_JS_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "failure.h"

namespace paretoscope {

// N-API has left a JavaScript exception behind, which is thrown as soon as the addon returns.
class PendingException : public std::exception {};

// Throws PendingException or Failure unless the call of N-API went well.
void Check(napi_env env, napi_status status);

class Environment;

// Names a value in the message of a Failure. It points to its parts, and the text is made only when it is needed.
class What {
 public:
  What(const char* text) : text_(text) {}
  What(const std::string& text) : text_(text.c_str()) {}
  // "op: attribute name"
  What(const std::string& op, const std::string& name) : text_(op.c_str()), attribute_(name.c_str()) {}
  // "function: argument 1" of index 0
  What(const char* function, size_t index) : text_(function), argument_(static_cast<int>(index) + 1) {}
  std::string text() const;

 private:
  const char* text_;
  const char* attribute_ = nullptr;
  int argument_ = 0;
};

// The memory of a typed array; it belongs to JavaScript.
struct ArrayView {
  napi_typedarray_type type;
  void* data;
  size_t length;
  size_t bytes;
};

// One call from JavaScript: its arguments, and the state of its environment.
class Call {
 public:
  // `name` is the function's, for messages. Throws Failure when fewer than `required` arguments came.
  Call(napi_env env, napi_callback_info info, const char* name, size_t required);

  napi_env env() const { return env_; }
  const char* name() const { return name_; }
  // Undefined where none was given.
  napi_value operator[](size_t index) const { return arguments_[index]; }
  Environment& environment() const { return *environment_; }

  // Conversions of an argument; each throws Failure when it has another type.
  int32_t Int(size_t index) const;
  std::string Text(size_t index) const;
  // A count, at least 0 and at most 2^20.
  int Count(size_t index) const;
  std::vector<int64_t> Shape(size_t index) const;
  std::vector<int32_t> Ints(size_t index) const;
  ArrayView Int32Array(size_t index) const;
  bool IsUndefined(size_t index) const;

 private:
  static constexpr size_t kMaxArguments = 7;
  napi_env env_;
  const char* name_;
  Environment* environment_ = nullptr;
  napi_value arguments_[kMaxArguments] = {};
};

bool IsArray(napi_env env, napi_value value);
bool IsTypedArray(napi_env env, napi_value value);
ArrayView ViewOf(napi_env env, napi_value typed_array);
uint32_t LengthOf(napi_env env, napi_value array);
napi_value Element(napi_env env, napi_value array, uint32_t index);
napi_value Property(napi_env env, napi_value object, const char* name);

// `what` names the value in the message of the Failure.
int64_t ToInt64(napi_env env, napi_value value, const What& what);
double ToDouble(napi_env env, napi_value value, const What& what);
bool ToBool(napi_env env, napi_value value, const What& what);
std::string ToText(napi_env env, napi_value value, const What& what);
// A string as UTF-8, or the bytes of a typed array.
std::string ToBytes(napi_env env, napi_value value, const What& what);
std::vector<int64_t> ToInt64List(napi_env env, napi_value value, const What& what);

napi_value Undefined(napi_env env);
napi_value Number(napi_env env, double value);
napi_value Boolean(napi_env env, bool value);
napi_value Text(napi_env env, const std::string& text);
napi_value Object(napi_env env);
napi_value Array(napi_env env, size_t length);
void SetElement(napi_env env, napi_value array, size_t index, napi_value value);
void SetProperty(napi_env env, napi_value object, const char* name, napi_value value);
// An Error with a code.
napi_value Error(napi_env env, const char* code, const std::string& message);

// A new typed array on memory of V8's own, as Electron's memory cage demands; `data` points to it.
napi_value NewTypedArray(napi_env env, napi_typedarray_type type, size_t bytes, void** data);

// Runs a function of the module: what it throws becomes a JavaScript exception.
napi_value RunGuarded(napi_env env, napi_callback_info info, const char* name, size_t required_arguments,
                      napi_value (*implementation)(Call&));

}  // namespace paretoscope

#endif  // PARETOSCOPE_JS_H_
