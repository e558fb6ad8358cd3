#include "js.h"

#include <cmath>
#include <limits>

#include "environment.h"

namespace paretoscope {
namespace {

constexpr int kMaxCount = 1 << 20;
constexpr double kMaxSafeInteger = 9007199254740991.0;

[[noreturn]] void WrongType(const What& what, const char* expected) {
  throw Failure("wrong-argument", what.text() + ": expected " + expected);
}

bool IsNarrow(double number) {
  return number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
}

size_t BytesOf(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return 1;
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    default:
      throw Failure("wrong-argument", "typed arrays of kind " + std::to_string(type) + " are not known");
  }
}

}  // namespace

std::string What::text() const {
  if (argument_ > 0) return std::string(text_) + ": argument " + std::to_string(argument_);
  return attribute_ != nullptr ? std::string(text_) + ": attribute " + attribute_ : text_;
}

void Check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const std::string message = info != nullptr && info->error_message != nullptr ? info->error_message : "no message";
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (is_pending) throw PendingException();
  throw Failure("wrong-argument", "a value from JavaScript could not be used: " + message);
}

Call::Call(napi_env env, napi_callback_info info, const char* name, size_t required) : env_(env), name_(name) {
  size_t count = kMaxArguments;
  Check(env, napi_get_cb_info(env, info, &count, arguments_, nullptr, nullptr));
  if (count < required) {
    throw Failure("wrong-argument", std::string(name) + ": expected " + std::to_string(required) + " arguments, got " +
                                        std::to_string(count));
  }
  environment_ = Environment::Of(env);
}

int32_t Call::Int(size_t index) const {
  double real = 0;
  if (napi_get_value_double(env_, arguments_[index], &real) != napi_ok || std::trunc(real) != real || !IsNarrow(real)) {
    WrongType(What(name_, index), "a whole number of 32 bits");
  }
  return static_cast<int32_t>(real);
}

std::string Call::Text(size_t index) const { return ToText(env_, arguments_[index], What(name_, index)); }

int Call::Count(size_t index) const {
  const int32_t count = Int(index);
  if (count < 0 || count > kMaxCount) {
    throw Failure("wrong-argument", What(name_, index).text() + ": " + std::to_string(count) + " is no count");
  }
  return count;
}

std::vector<int64_t> Call::Shape(size_t index) const {
  return ToInt64List(env_, arguments_[index], What(name_, index));
}

std::vector<int32_t> Call::Ints(size_t index) const {
  const What what(name_, index);
  const std::vector<int64_t> wide = ToInt64List(env_, arguments_[index], what);
  std::vector<int32_t> narrow(wide.size());
  for (size_t i = 0; i < wide.size(); ++i) {
    if (!IsNarrow(static_cast<double>(wide[i]))) WrongType(what, "whole numbers of 32 bits");
    narrow[i] = static_cast<int32_t>(wide[i]);
  }
  return narrow;
}

ArrayView Call::Int32Array(size_t index) const {
  const What what(name_, index);
  ArrayView view{};
  if (napi_get_typedarray_info(env_, arguments_[index], &view.type, &view.length, &view.data, nullptr, nullptr) !=
          napi_ok ||
      view.type != napi_int32_array) {
    WrongType(what, "an Int32Array");
  }
  view.bytes = view.length * sizeof(int32_t);
  return view;
}

bool Call::IsUndefined(size_t index) const {
  napi_valuetype type;
  Check(env_, napi_typeof(env_, arguments_[index], &type));
  return type == napi_undefined;
}

bool IsArray(napi_env env, napi_value value) {
  bool is_array = false;
  Check(env, napi_is_array(env, value, &is_array));
  return is_array;
}

bool IsTypedArray(napi_env env, napi_value value) {
  bool is_typed_array = false;
  Check(env, napi_is_typedarray(env, value, &is_typed_array));
  return is_typed_array;
}

ArrayView ViewOf(napi_env env, napi_value typed_array) {
  ArrayView view{};
  Check(env, napi_get_typedarray_info(env, typed_array, &view.type, &view.length, &view.data, nullptr, nullptr));
  view.bytes = view.length * BytesOf(view.type);
  return view;
}

uint32_t LengthOf(napi_env env, napi_value array) {
  uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) != napi_ok) WrongType("a list", "an array");
  return length;
}

napi_value Element(napi_env env, napi_value array, uint32_t index) {
  napi_value value;
  Check(env, napi_get_element(env, array, index, &value));
  return value;
}

napi_value Property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  Check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

int64_t ToInt64(napi_env env, napi_value value, const What& what) {
  double real = 0;
  if (napi_get_value_double(env, value, &real) == napi_ok) {
    if (std::trunc(real) != real || std::fabs(real) > kMaxSafeInteger) WrongType(what, "a whole number");
    return static_cast<int64_t>(real);
  }
  int64_t number = 0;
  bool is_lossless = false;
  if (napi_get_value_bigint_int64(env, value, &number, &is_lossless) == napi_ok && is_lossless) return number;
  WrongType(what, "a whole number");
}

double ToDouble(napi_env env, napi_value value, const What& what) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) WrongType(what, "a number");
  return number;
}

bool ToBool(napi_env env, napi_value value, const What& what) {
  bool truth = false;
  if (napi_get_value_bool(env, value, &truth) != napi_ok) WrongType(what, "a boolean");
  return truth;
}

std::string ToText(napi_env env, napi_value value, const What& what) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) WrongType(what, "a string");
  std::string text(length, '\0');
  // The terminating zero goes where std::string has its own.
  Check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

std::string ToBytes(napi_env env, napi_value value, const What& what) {
  if (!IsTypedArray(env, value)) return ToText(env, value, what);
  const ArrayView view = ViewOf(env, value);
  return std::string(static_cast<const char*>(view.data), view.bytes);
}

std::vector<int64_t> ToInt64List(napi_env env, napi_value value, const What& what) {
  uint32_t length = 0;
  if (napi_get_array_length(env, value, &length) != napi_ok) WrongType(what, "an array of whole numbers");
  std::vector<int64_t> list(length);
  for (uint32_t i = 0; i < length; ++i) list[i] = ToInt64(env, Element(env, value, i), what);
  return list;
}

napi_value Undefined(napi_env env) {
  napi_value value;
  Check(env, napi_get_undefined(env, &value));
  return value;
}

napi_value Number(napi_env env, double number) {
  napi_value value;
  Check(env, napi_create_double(env, number, &value));
  return value;
}

napi_value Boolean(napi_env env, bool truth) {
  napi_value value;
  Check(env, napi_get_boolean(env, truth, &value));
  return value;
}

napi_value Text(napi_env env, const std::string& text) {
  napi_value value;
  Check(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

napi_value Object(napi_env env) {
  napi_value value;
  Check(env, napi_create_object(env, &value));
  return value;
}

napi_value Array(napi_env env, size_t length) {
  napi_value value;
  Check(env, napi_create_array_with_length(env, length, &value));
  return value;
}

void SetElement(napi_env env, napi_value array, size_t index, napi_value value) {
  Check(env, napi_set_element(env, array, static_cast<uint32_t>(index), value));
}

void SetProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  Check(env, napi_set_named_property(env, object, name, value));
}

napi_value Error(napi_env env, const char* code, const std::string& message) {
  napi_value error;
  Check(env, napi_create_error(env, Text(env, code), Text(env, message), &error));
  return error;
}

napi_value NewTypedArray(napi_env env, napi_typedarray_type type, size_t bytes, void** data) {
  napi_value buffer, array;
  Check(env, napi_create_arraybuffer(env, bytes, data, &buffer));
  Check(env, napi_create_typedarray(env, type, bytes / BytesOf(type), buffer, 0, &array));
  return array;
}

napi_value RunGuarded(napi_env env, napi_callback_info info, const char* name, size_t required_arguments,
                      napi_value (*implementation)(Call&)) {
  try {
    Call call(env, info, name, required_arguments);
    return implementation(call);
  } catch (const PendingException&) {
    // Thrown by N-API itself.
  } catch (const Failure& failure) {
    napi_throw_error(env, failure.code(), failure.what());
  } catch (const std::exception& error) {
    napi_throw_error(env, "native-addon", (std::string(name) + ": " + error.what()).c_str());
  }
  return nullptr;
}

}  // namespace paretoscope
