#include "attributes.h"

#include <utility>
#include <vector>

#include "environment.h"
#include "failure.h"
#include "handles.h"
#include "js.h"

namespace paretoscope {
namespace {

// The functions that set an attribute of each type. Those of an eager op and of a node differ in their names only.
struct EagerSetters {
  using Target = TFE_Op;
  static constexpr auto kString = &TfApi::TFE_OpSetAttrString;
  static constexpr auto kStringList = &TfApi::TFE_OpSetAttrStringList;
  static constexpr auto kInt = &TfApi::TFE_OpSetAttrInt;
  static constexpr auto kIntList = &TfApi::TFE_OpSetAttrIntList;
  static constexpr auto kFloat = &TfApi::TFE_OpSetAttrFloat;
  static constexpr auto kFloatList = &TfApi::TFE_OpSetAttrFloatList;
  static constexpr auto kBool = &TfApi::TFE_OpSetAttrBool;
  static constexpr auto kBoolList = &TfApi::TFE_OpSetAttrBoolList;
  static constexpr auto kType = &TfApi::TFE_OpSetAttrType;
  static constexpr auto kTypeList = &TfApi::TFE_OpSetAttrTypeList;
};

struct NodeSetters {
  using Target = TF_OperationDescription;
  static constexpr auto kString = &TfApi::TF_SetAttrString;
  static constexpr auto kStringList = &TfApi::TF_SetAttrStringList;
  static constexpr auto kInt = &TfApi::TF_SetAttrInt;
  static constexpr auto kIntList = &TfApi::TF_SetAttrIntList;
  static constexpr auto kFloat = &TfApi::TF_SetAttrFloat;
  static constexpr auto kFloatList = &TfApi::TF_SetAttrFloatList;
  static constexpr auto kBool = &TfApi::TF_SetAttrBool;
  static constexpr auto kBoolList = &TfApi::TF_SetAttrBoolList;
  static constexpr auto kType = &TfApi::TF_SetAttrType;
  static constexpr auto kTypeList = &TfApi::TF_SetAttrTypeList;
};

void SetShape(TFE_Op* target, const char* name, const std::vector<int64_t>& shape, const What& what) {
  const Status status;
  Tf().TFE_OpSetAttrShape(target, name, shape.data(), static_cast<int>(shape.size()), status.get());
  if (!status.ok()) Check(status, what.text());
}

void SetShape(TF_OperationDescription* target, const char* name, const std::vector<int64_t>& shape,
              const What&) {
  Tf().TF_SetAttrShape(target, name, shape.data(), static_cast<int>(shape.size()));
}

// An attribute as it came from JavaScript.
struct Attribute {
  napi_env env;
  const std::string& name;
  napi_value value;
  const What& what;

  bool is_list() const { return IsArray(env, value); }

  // The values of a list, each read by `read`.
  template <typename Value, typename Read>
  std::vector<Value> List(Read read) const {
    std::vector<Value> values;
    const uint32_t length = LengthOf(env, value);
    values.reserve(length);
    for (uint32_t i = 0; i < length; ++i) values.push_back(static_cast<Value>(read(env, Element(env, value, i), what)));
    return values;
  }
};

template <typename Setters>
class AttributeWriter {
 public:
  explicit AttributeWriter(typename Setters::Target* target) : target_(target) {}

  void Set(const Attribute& attribute, int type) const {
    switch (type) {
      case TF_ATTR_STRING:
        return SetStrings(attribute);
      case TF_ATTR_INT:
        return SetNumbers<int64_t>(attribute, Setters::kInt, Setters::kIntList, ToInt64);
      case TF_ATTR_FLOAT:
        return SetNumbers<float>(attribute, Setters::kFloat, Setters::kFloatList, ToDouble);
      case TF_ATTR_BOOL:
        return SetNumbers<unsigned char>(attribute, Setters::kBool, Setters::kBoolList, ToBool);
      case TF_ATTR_TYPE:
        return SetNumbers<TF_DataType>(attribute, Setters::kType, Setters::kTypeList, ToInt64);
      case TF_ATTR_SHAPE:
        return SetShape(target_, attribute.name.c_str(), ToInt64List(attribute.env, attribute.value, attribute.what),
                        attribute.what);
      default:
        throw Failure("wrong-argument",
                      attribute.what.text() + ": attributes of type " + std::to_string(type) + " cannot be set");
    }
  }

 private:
  template <typename Value, typename SetOne, typename SetList, typename Read>
  void SetNumbers(const Attribute& attribute, SetOne set_one, SetList set_list, Read read) const {
    const char* name = attribute.name.c_str();
    if (attribute.is_list()) {
      const std::vector<Value> values = attribute.List<Value>(read);
      (Tf().*set_list)(target_, name, values.data(), static_cast<int>(values.size()));
    } else {
      (Tf().*set_one)(target_, name, static_cast<Value>(read(attribute.env, attribute.value, attribute.what)));
    }
  }

  void SetStrings(const Attribute& attribute) const {
    const char* name = attribute.name.c_str();
    if (!attribute.is_list()) {
      const std::string text = ToBytes(attribute.env, attribute.value, attribute.what);
      (Tf().*Setters::kString)(target_, name, text.data(), text.size());
      return;
    }
    const std::vector<std::string> texts = attribute.List<std::string>(ToBytes);
    std::vector<const void*> starts;
    std::vector<size_t> lengths;
    for (const std::string& text : texts) {
      starts.push_back(text.data());
      lengths.push_back(text.size());
    }
    (Tf().*Setters::kStringList)(target_, name, starts.data(), lengths.data(), static_cast<int>(texts.size()));
  }

  typename Setters::Target* target_;
};

template <typename Setters>
void SetAll(napi_env env, napi_value list, typename Setters::Target* target, const std::string& op) {
  const AttributeWriter<Setters> writer(target);
  const uint32_t count = LengthOf(env, list);
  for (uint32_t i = 0; i < count; ++i) {
    const napi_value item = Element(env, list, i);
    const std::string name = ToText(env, Property(env, item, "name"), op);
    const What what(op, name);
    const int64_t type = ToInt64(env, Property(env, item, "type"), what);
    writer.Set({env, name, Property(env, item, "value"), what}, static_cast<int>(type));
  }
}

}  // namespace

void SetAttributes(napi_env env, napi_value list, TFE_Op* target, const std::string& op) {
  SetAll<EagerSetters>(env, list, target, op);
}

void SetAttributes(napi_env env, napi_value list, TF_OperationDescription* target, const std::string& op) {
  SetAll<NodeSetters>(env, list, target, op);
}

int64_t LengthFromAttribute(napi_env env, napi_value list, const std::string& attribute, const std::string& op) {
  const uint32_t count = LengthOf(env, list);
  for (uint32_t i = 0; i < count; ++i) {
    const napi_value item = Element(env, list, i);
    if (ToText(env, Property(env, item, "name"), op) != attribute) continue;
    const napi_value value = Property(env, item, "value");
    return IsArray(env, value) ? LengthOf(env, value) : ToInt64(env, value, op + ": attribute " + attribute);
  }
  throw Failure("wrong-argument", op + ": expected the attribute " + attribute +
                                      ", which says how many of the inputs belong to one of its lists");
}

}  // namespace paretoscope
