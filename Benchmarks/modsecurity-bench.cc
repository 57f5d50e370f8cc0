// What libmodsecurity spends on the requests that `ropeline bench` is given: parsing left out, phases 1, 2 and logging included.
// Usage: modsecurity-bench RULES.conf REPEAT REQUEST.http...   prints: file, CPU microseconds a request (median of batches)
// Without requests it prints the CPU microseconds of loading the rules.
#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct Request {
  std::string method, target, version, body;
  std::vector<std::pair<std::string, std::string>> fields;
};

static Request read(const char *path) {
  std::ifstream in(path, std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(in)), {});
  Request r;
  auto end = all.find("\r\n\r\n");
  std::string head = all.substr(0, end);
  if (end != std::string::npos) r.body = all.substr(end + 4);
  auto line = head.substr(0, head.find("\r\n"));
  auto a = line.find(' '), b = line.rfind(' ');
  r.method = line.substr(0, a);
  r.target = line.substr(a + 1, b - a - 1);
  r.version = line.substr(b + 6);
  for (size_t at = head.find("\r\n"); at != std::string::npos && at + 2 < head.size();) {
    size_t next = head.find("\r\n", at + 2);
    auto field = head.substr(at + 2, next == std::string::npos ? next : next - at - 2);
    auto colon = field.find(':');
    r.fields.emplace_back(field.substr(0, colon), field.substr(field.find_first_not_of(' ', colon + 1)));
    at = next;
  }
  return r;
}

static double cpu() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void inspect(modsecurity::ModSecurity *engine, modsecurity::RulesSet *rules, const Request &r) {
  modsecurity::Transaction t(engine, rules, nullptr);
  modsecurity::ModSecurityIntervention it{200, 0, nullptr, nullptr, 0};
  t.processConnection("192.0.2.1", 40000, "127.0.0.1", 80);
  t.processURI(r.target.c_str(), r.method.c_str(), r.version.c_str());
  for (auto &f : r.fields) t.addRequestHeader(f.first, f.second);
  t.processRequestHeaders();
  if (!t.intervention(&it)) {
    if (!r.body.empty()) t.appendRequestBody(reinterpret_cast<const unsigned char *>(r.body.data()), r.body.size());
    t.processRequestBody();
    t.intervention(&it);
  }
  t.processLogging();
  free(it.url);
  free(it.log);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: modsecurity-bench RULES.conf REPEAT REQUEST.http...\n"), 2;
  auto engine = std::make_unique<modsecurity::ModSecurity>();
  engine->setServerLogCb([](void *, const void *) {});
  modsecurity::RulesSet rules;
  double begin = cpu();
  if (rules.loadFromUri(argv[1]) < 0) return fprintf(stderr, "%s\n", rules.getParserError().c_str()), 2;
  if (argc == 3) printf("load %.1f\n", cpu() - begin);
  int repeat = std::max(1, atoi(argv[2]));
  for (int i = 3; i < argc; i++) {
    Request r = read(argv[i]);
    inspect(engine.get(), &rules, r);
    std::vector<double> times;
    for (int n = 0; n < repeat; n++) {
      double start = cpu();
      inspect(engine.get(), &rules, r);
      times.push_back(cpu() - start);
    }
    std::sort(times.begin(), times.end());
    printf("%s %.1f\n", argv[i], times[times.size() / 2]);
  }
}
