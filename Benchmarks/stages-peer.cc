// What single stages cost in libmodsecurity, and a bare call of PCRE2: names and texts as in Benchmarks/Stages.
// A stage is the difference between rules with and without it, or between a request with and without a body, since the library
// shows none of its parts. Usage: stages-peer DIRECTORY NAME...   prints: name, tab, nanoseconds of CPU time; "-" if it is unknown there
#define PCRE2_CODE_UNIT_WIDTH 8
#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>
#include <pcre2.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

static double cpu() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

// The median of seven batches of ten milliseconds.
static double cost(const std::function<void()> &body) {
  auto batch = [&](int count) {
    double start = cpu();
    for (int index = 0; index < count; index++) body();
    return cpu() - start;
  };
  body();
  int count = std::max(1, static_cast<int>(1e7 / std::max(batch(3) / 3, 20.0)));
  std::vector<double> times;
  for (int index = 0; index < 7; index++) times.push_back(batch(count) / count);
  std::sort(times.begin(), times.end());
  return times[3];
}

static std::string directory;
static std::string file(const std::string &name) {
  std::ifstream in(directory + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

static modsecurity::ModSecurity *engine;

// Nanoseconds of a transaction; negative if the rules do not load.
static double transaction(const std::string &rules, const std::string &value, const std::string &type, const std::string &body) {
  modsecurity::RulesSet set;
  if (set.load(("SecRuleEngine On\nSecRequestBodyAccess On\nSecRequestBodyNoFilesLimit 1000000\n" + rules).c_str()) < 0) return -1;
  return cost([&] {
    modsecurity::Transaction t(engine, &set, nullptr);
    t.processConnection("192.0.2.1", 40000, "127.0.0.1", 80);
    t.processURI("/", "POST", "1.1");
    t.addRequestHeader(reinterpret_cast<const unsigned char *>("Content-Type"), 12, reinterpret_cast<const unsigned char *>(type.data()), type.size());
    t.addRequestHeader(reinterpret_cast<const unsigned char *>("X-Value"), 7, reinterpret_cast<const unsigned char *>(value.data()), value.size());
    t.processRequestHeaders();
    t.appendRequestBody(reinterpret_cast<const unsigned char *>(body.data()), body.size());
    t.processRequestBody();
  });
}

static const int copies = 40;
static std::string rules(const std::string &test, const std::string &actions) {
  std::string text;
  for (int index = 1; index <= copies; index++)
    text += "SecRule REQUEST_HEADERS:X-Value \"" + test + "\" \"id:" + std::to_string(index) + ",phase:1,pass,nolog" + actions + "\"\n";
  return text;
}

// What one rule costs more than one that only looks the value up.
static double rule(const std::string &test, const std::string &actions, const std::string &value) {
  double with = transaction(rules(test, actions), value, "text/plain", ""), without = transaction(rules("@endsWith \x01", ""), value, "text/plain", "");
  return with < 0 ? -1 : std::max((with - without) / copies, 0.0);
}

static double body(const std::string &type, const std::string &name, const std::string &processor) {
  std::string text = file(name);
  std::string choice = processor.empty() ? "" : "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=" + processor + "\"\n";
  return transaction(choice, "", type, text) - transaction("", "", "text/plain", text);
}

static double bareMatch() {
  std::string pattern = file("pattern"), value = file("value");
  int error;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_DOTALL | PCRE2_MULTILINE, &error, &offset, nullptr);
  if (!code) return -1;
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, nullptr);
  volatile int sum = 0;
  return cost([&] { sum = sum + pcre2_jit_match(code, reinterpret_cast<PCRE2_SPTR>(value.data()), value.size(), 0, 0, data, nullptr); });
}

static double stage(const std::string &name) {
  if (name.rfind("t:", 0) == 0) {
    std::string which = name.substr(2);
    return rule("@endsWith \x01", "," + name, file(which == "hexDecode" ? "hex" : which.rfind("base64Decode", 0) == 0 ? "base64" : "text"));
  }
  if (name == "confirm one pattern") return bareMatch();
  if (name == "@pmFromFile") return rule("@pmFromFile " + directory + "/phrases", "", file("value"));
  if (name == "@detectSQLi" || name == "@detectXSS") return rule(name, "", file("attack"));
  if (name == "JSON 1k") return body("application/json", "json-1k", "JSON");
  if (name == "JSON 16k") return body("application/json", "json-16k", "JSON");
  if (name == "form 1k") return body("application/x-www-form-urlencoded", "form", "");
  if (name == "multipart 16k") return body("multipart/form-data; boundary=0123456789abcdef", "multipart", "");
  return -1;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: stages-peer DIRECTORY NAME...\n"), 2;
  directory = argv[1];
  auto own = std::make_unique<modsecurity::ModSecurity>();
  engine = own.get();
  engine->setServerLogCb([](void *, const void *) {});
  for (int index = 2; index < argc; index++) {
    double nanoseconds = stage(argv[index]);
    if (nanoseconds < 0) printf("%s\t-\n", argv[index]);
    else printf("%s\t%.1f\n", argv[index], nanoseconds);
  }
}
