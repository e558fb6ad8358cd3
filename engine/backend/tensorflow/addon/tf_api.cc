#include "tf_api.h"

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>
#include <thread>

#include "failure.h"
#include "kernels/register.h"
#include "quiet-errors.h"

namespace paretoscope {
namespace {

#ifdef __APPLE__
constexpr const char* kLibraries[] = {"libtensorflow_framework.2.dylib", "libtensorflow_cc.2.dylib"};
#else
constexpr const char* kLibraries[] = {"libtensorflow_framework.so.2", "libtensorflow_cc.so.2"};
#endif

TfApi table;

// Whatever the loader has to say of its last failure.
std::string LoaderError() {
  const char* text = dlerror();
  return text == nullptr ? "no reason was given" : text;
}

void* LoadLibrary(const std::string& path) {
  // Local: the symbols of other libraries in the process (another protobuf, say) stay apart from TensorFlow's.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw Failure("library-not-loaded", "opening TensorFlow: " + path + " cannot be loaded: " + LoaderError());
  }
  return library;
}

template <typename Function>
void Find(void* const (&libraries)[2], const std::string& folder, const char* name, Function& function) {
  void* symbol = dlsym(libraries[1], name);
  if (symbol == nullptr) symbol = dlsym(libraries[0], name);
  if (symbol == nullptr) {
    throw Failure("function-missing", "opening TensorFlow: the libraries in " + folder + " have no function " + name +
                                          "; they are of another version than the addon was written for");
  }
  function = reinterpret_cast<Function>(symbol);
}

// TensorFlow keeps pointers to our kernels, so the addon must stay even when the worker thread that loaded it ends.
void KeepAddonLoaded() {
  Dl_info self;
  if (dladdr(&table, &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

void FillTable(const std::string& folder) {
  const QuietErrors quiet;
  void* const libraries[2] = {LoadLibrary(folder + "/" + kLibraries[0]), LoadLibrary(folder + "/" + kLibraries[1])};
  TfApi found;
#define PARETOSCOPE_FIND(name) Find(libraries, folder, #name, found.name);
  PARETOSCOPE_TF_FUNCTIONS(PARETOSCOPE_FIND)
  PARETOSCOPE_FIND(TFE_NewTensorHandle)
#undef PARETOSCOPE_FIND
  table = found;
}

int ThreadsToUse(int threads) {
  if (threads > 0) return threads;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores == 0 ? 1 : static_cast<int>(cores);
}

}  // namespace

const TfApi& Tf() { return table; }

void LoadTensorFlow(const std::string& folder, int threads) {
  static std::mutex mutex;
  static std::string loaded_folder;
  static int loaded_threads = 0;
  static bool is_complete = false;

  const std::lock_guard<std::mutex> lock(mutex);
  const int wanted = ThreadsToUse(threads);
  if (!loaded_folder.empty() && loaded_folder != folder) {
    throw Failure("already-open", "opening TensorFlow from " + folder + ": this process has loaded it from " +
                                      loaded_folder + "; one process holds one TensorFlow");
  }
  if (is_complete && loaded_threads != wanted) {
    throw Failure("already-open", "opening TensorFlow: the kernels of this process use " +
                                      std::to_string(loaded_threads) + " threads, but " + std::to_string(wanted) +
                                      " were asked for");
  }
  if (is_complete) return;
  // Messages of information are of no use to users of the lab; whoever wants them says so by the same variable.
  setenv("TF_CPP_MIN_LOG_LEVEL", "1", /*overwrite=*/0);
  if (loaded_folder.empty()) {
    FillTable(folder);
    KeepAddonLoaded();
    loaded_folder = folder;
  }
  RegisterKernels(table, wanted);
  loaded_threads = wanted;
  is_complete = true;
}

}  // namespace paretoscope
