// A closed loop of keep-alive connections on loopback: each sends a request, reads the whole answer, and sends the next one.
// Usage: proxy-load PORT CONNECTIONS REQUESTS FILE:WEIGHT ...
// Prints: requests, seconds, median and 99th percentile in microseconds, and how many answers were no 2xx.
// Only a closed loop: it measures cost for each request, and latency without a queue. It says nothing about overload.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using Clock = std::chrono::steady_clock;

struct Connection {
  int descriptor = -1;
  std::string answer;
  Clock::time_point sent;
};

static void fail(const char *what) {
  std::perror(what);
  std::exit(1);
}

static int connectTo(int port) {
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) fail("connect");
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  timeval limit{10, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return descriptor;
}

// The answer's length, or 0 while it is not whole. Content-Length and chunks, as the proxies here give them.
static size_t wholeLength(const std::string &answer) {
  size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  size_t body = end + 4;
  for (size_t line = answer.find("\r\n"); line < end; line = answer.find("\r\n", line + 2)) {
    const char *field = answer.c_str() + line + 2;
    if (strncasecmp(field, "content-length:", 15) == 0) {
      size_t length = body + strtoul(field + 15, nullptr, 10);
      return answer.size() >= length ? length : 0;
    }
    if (strncasecmp(field, "transfer-encoding: chunked", 26) == 0) {
      size_t last = answer.find("0\r\n\r\n", body);
      return last == std::string::npos ? 0 : last + 5;
    }
  }
  return body;
}

int main(int count, char **arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: proxy-load PORT CONNECTIONS REQUESTS FILE:WEIGHT ...\n");
    return 2;
  }
  const int port = std::atoi(arguments[1]);
  const size_t connectionCount = std::strtoul(arguments[2], nullptr, 10), total = std::strtoul(arguments[3], nullptr, 10);
  std::vector<std::string> requests;
  std::vector<size_t> order;
  for (int index = 4; index < count; index++) {
    std::string name = arguments[index];
    size_t weight = 1, colon = name.rfind(':');
    if (colon != std::string::npos) {
      weight = std::strtoul(name.c_str() + colon + 1, nullptr, 10);
      name.resize(colon);
    }
    std::ifstream file(name, std::ios::binary);
    if (!file) fail(name.c_str());
    requests.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    order.insert(order.end(), weight, requests.size() - 1);
  }
  // The same mix each time, without long runs of one kind.
  std::vector<size_t> mixed(order.size());
  size_t step = order.size() > 2 ? order.size() / 2 + 1 : 1;
  while (std::__gcd(step, order.size()) != 1) step++;
  for (size_t index = 0; index < order.size(); index++) mixed[index] = order[index * step % order.size()];

  int poll = epoll_create1(0);
  std::vector<Connection> connections(std::min(connectionCount, total));
  std::vector<float> times;
  times.reserve(total);
  size_t sent = 0, bad = 0;
  auto send = [&](Connection &connection) {
    const std::string &request = requests[mixed[sent++ % mixed.size()]];
    connection.answer.clear();
    connection.sent = Clock::now();
    for (size_t start = 0; start < request.size();) {
      ssize_t written = ::send(connection.descriptor, request.data() + start, request.size() - start, MSG_NOSIGNAL);
      if (written <= 0) fail("send");
      start += static_cast<size_t>(written);
    }
  };
  for (Connection &connection : connections) {
    connection.descriptor = connectTo(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(poll, EPOLL_CTL_ADD, connection.descriptor, &event);
  }
  auto begin = Clock::now();
  for (Connection &connection : connections) send(connection);
  std::vector<char> chunk(65536);
  epoll_event events[64];
  while (times.size() < total) {
    int ready = epoll_wait(poll, events, 64, 20000);
    if (ready <= 0) fail("no answer within 20 seconds");
    for (int index = 0; index < ready; index++) {
      Connection &connection = *static_cast<Connection *>(events[index].data.ptr);
      ssize_t received = recv(connection.descriptor, chunk.data(), chunk.size(), 0);
      if (received <= 0) {
        std::fprintf(stderr, "proxy-load: a connection ended after %zu bytes of an answer\n", connection.answer.size());
        return 1;
      }
      connection.answer.append(chunk.data(), static_cast<size_t>(received));
      if (wholeLength(connection.answer) == 0) continue;
      times.push_back(std::chrono::duration<float, std::micro>(Clock::now() - connection.sent).count());
      if (connection.answer.compare(9, 1, "2") != 0) bad++;
      if (sent < total) send(connection);
    }
  }
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(times.begin(), times.end());
  std::printf("%zu %.3f %.1f %.1f %zu\n", total, seconds, times[total / 2], times[total * 99 / 100], bad);
}
