#include "flow.h"

#include <algorithm>

namespace ptx {

namespace {

/// Stretches of instructions that are executed from front to back, and what comes after each; the last one is the end.
struct Graph {
    std::vector<uint32_t> first;  // of each stretch, and behind the last one
    std::vector<std::vector<int>> after, before;
    int end;

    explicit Graph(const Kernel &kernel) {
        const std::vector<Instruction> &code = kernel.code;
        std::vector<bool> begins(code.size() + 1);
        begins[0] = true;
        for (size_t i = 0; i < code.size(); i++) {
            if (code[i].flow == Flow::branch) begins[code[i].target] = true;
            if (code[i].flow == Flow::branch || code[i].flow == Flow::exit) begins[i + 1] = true;
        }
        std::vector<int> stretch_of(code.size() + 1);
        for (uint32_t i = 0; i < code.size(); i++) {
            if (begins[i]) first.push_back(i);
            stretch_of[i] = (int)first.size() - 1;
        }
        end = (int)first.size();
        stretch_of[code.size()] = end;
        first.push_back((uint32_t)code.size());
        after.resize((size_t)end + 1);
        before.resize((size_t)end + 1);
        const auto connect = [&](int from, int to) {
            after[from].push_back(to);
            before[to].push_back(from);
        };
        for (int stretch = 0; stretch < end; stretch++) {
            const uint32_t next = first[stretch + 1];
            const Instruction &last = code[next - 1];
            const bool goes_on = last.flow == Flow::next || last.guard != NOWHERE ||
                                 (last.flow != Flow::branch && last.flow != Flow::exit);
            if (last.flow == Flow::branch) connect(stretch, stretch_of[last.target]);
            if (last.flow == Flow::exit) connect(stretch, end);
            if (goes_on) connect(stretch, stretch_of[next]);
        }
    }
};

}  // namespace

void find_joins(Kernel &kernel) {
    const Graph graph(kernel);
    const int count = graph.end + 1;
    // Places in an order in which the end comes first and whatever leads to something after it.
    std::vector<int> order, place((size_t)count, -1);
    std::vector<std::pair<int, size_t>> stack = {{graph.end, 0}};
    std::vector<bool> seen((size_t)count);
    seen[graph.end] = true;
    while (!stack.empty()) {
        auto &[stretch, next] = stack.back();
        if (next < graph.before[stretch].size()) {
            const int other = graph.before[stretch][next++];
            if (!seen[other]) {
                seen[other] = true;
                stack.push_back({other, 0});
            }
        } else {
            order.push_back(stretch);
            stack.pop_back();
        }
    }
    std::reverse(order.begin(), order.end());
    for (size_t i = 0; i < order.size(); i++) place[order[i]] = (int)i;
    // The nearest stretch that every way to the end passes.
    std::vector<int> meets((size_t)count, -1);
    meets[graph.end] = graph.end;
    for (bool changes = true; changes;) {
        changes = false;
        for (int stretch : order) {
            if (stretch == graph.end) continue;
            int found = -1;
            for (int other : graph.after[stretch]) {
                if (place[other] < 0 || meets[other] < 0) continue;
                int a = other, b = found < 0 ? other : found;
                while (a != b) {
                    while (place[a] > place[b]) a = meets[a];
                    while (place[b] > place[a]) b = meets[b];
                }
                found = a;
            }
            if (found != meets[stretch]) {
                meets[stretch] = found;
                changes = true;
            }
        }
    }
    for (int stretch = 0; stretch < graph.end; stretch++) {
        Instruction &last = kernel.code[graph.first[stretch + 1] - 1];
        if (last.flow != Flow::branch) continue;
        const int meeting = meets[stretch];
        last.join = meeting < 0 || meeting == graph.end ? NOWHERE : graph.first[meeting];
    }
}

void find_unwritten(Kernel &kernel, const std::vector<Uses> &uses, const std::vector<std::string> &names) {
    const Graph graph(kernel);
    const size_t count = names.size();
    using Set = std::vector<bool>;
    // Written on every way to the beginning of a stretch.
    std::vector<Set> written((size_t)graph.end + 1, Set(count, true));
    written[0] = Set(count, false);
    std::vector<int> waiting = {0};
    std::vector<bool> visited((size_t)graph.end + 1);
    while (!waiting.empty()) {
        const int stretch = waiting.back();
        waiting.pop_back();
        visited[stretch] = true;
        Set now = written[stretch];
        for (uint32_t i = graph.first[stretch]; stretch < graph.end && i < graph.first[stretch + 1]; i++) {
            if (uses[i].guard != NOWHERE) continue;
            for (uint32_t number : uses[i].writes) now[number] = true;
        }
        for (int next : graph.after[stretch]) {
            bool changes = !visited[next];
            for (size_t n = 0; n < count; n++) {
                if (written[next][n] && !now[n]) {
                    written[next][n] = false;
                    changes = true;
                }
            }
            if (changes) waiting.push_back(next);
        }
    }
    std::vector<uint32_t> number_of(count, NOWHERE);
    const auto watch = [&](uint32_t i) -> Watched & {
        Instruction &instruction = kernel.code[i];
        if (instruction.watched == NOWHERE) {
            instruction.watched = (uint32_t)kernel.watched.size();
            kernel.watched.push_back({});
        }
        return kernel.watched[instruction.watched];
    };
    for (int stretch = 0; stretch < graph.end; stretch++) {
        Set now = written[stretch];
        for (uint32_t i = graph.first[stretch]; i < graph.first[stretch + 1]; i++) {
            const auto read = [&](uint32_t number, bool is_guard) {
                if (number == NOWHERE || now[number]) return;
                if (number_of[number] == NOWHERE) number_of[number] = kernel.watched_registers++;
                watch(i).reads.push_back({number_of[number], names[number], is_guard});
            };
            read(uses[i].guard, true);
            for (uint32_t number : uses[i].reads) read(number, false);
            if (uses[i].guard != NOWHERE) continue;
            for (uint32_t number : uses[i].writes) now[number] = true;
        }
    }
    for (uint32_t i = 0; i < kernel.code.size(); i++) {
        for (uint32_t number : uses[i].writes) {
            if (number_of[number] != NOWHERE) watch(i).writes.push_back(number_of[number]);
        }
    }
}

}  // namespace ptx
