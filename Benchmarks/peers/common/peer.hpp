#pragma once
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "problem.hpp"
#include "timing.hpp"

// One way of computing an answer. run(k) evaluates k times; read() hands over result and losses of the last evaluation, row-major.
struct Variant {
    std::string name;
    std::function<void(long)> run;
    std::function<void(double* loss, double* result)> read;
};

// What a peer offers for a question; empty if it does not serve it.
using Variants = std::function<std::vector<Variant>(const Question&, const Problem&)>;

namespace peer {

struct Chosen {
    Variant variant;
    double error = 0;
    bool served = false;
};

inline double difference(const std::vector<double>& a, const std::vector<double>& b) {
    double most = 0, scale = 1e-300;
    for (size_t i = 0; i < a.size(); i++) {
        if (std::isnan(a[i])) return INFINITY;
        most = std::max(most, std::abs(a[i] - b[i])), scale = std::max(scale, std::abs(b[i]));
    }
    return most / scale;
}

// The fastest of the variants that are right: a peer is entitled to its best layout, and a wrong peer is none.
inline Chosen choose(const Question& q, const std::string& folder, const Variants& variants) {
    const Problem problem = Problem::load(q, folder);
    const double tolerance = q.precision == "float" ? 2e-3 : 1e-9;
    Chosen best;
    double fastest = INFINITY;
    for (auto& variant : variants(q, problem)) {
        std::vector<double> loss = problem.loss, result(problem.result.size(), NAN);
        variant.run(2);
        variant.read(loss.data(), result.data());
        const double error = std::max(difference(result, problem.result), difference(loss, problem.loss));
        if (!(error <= tolerance)) {
            fprintf(stderr, "%s, %s: off by %g\n", q.name().c_str(), variant.name.c_str(), error);
            continue;
        }
        const double time = measure(variant.run, std::min(30.0, q.milliseconds)).best;
        if (time < fastest) fastest = time, best = {variant, error, true};
    }
    return best;
}

inline void answer(const std::string& name, const Question& q, const Chosen& chosen) {
    printf("{\"peer\":\"%s\",\"model\":\"%s\",\"evaluation\":\"%s\",\"d\":%d,\"n\":%d,\"precision\":\"%s\"", name.c_str(), q.model.c_str(),
           q.evaluation.c_str(), q.d, q.n, q.precision.c_str());
    if (chosen.served) {
        const Timing time = measure(chosen.variant.run, q.milliseconds);
        printf(",\"nanoseconds\":%.4f,\"best\":%.4f,\"error\":%.3g,\"variant\":\"%s\"", time.median / q.count(), time.best / q.count(),
               chosen.error, chosen.variant.name.c_str());
    }
    printf("}\n");
    fflush(stdout);
}

// Answers questions from standard input, one line each, until it ends; the folder of problems is the only argument.
inline int serve(const std::string& name, int count, char** arguments, const Variants& variants) {
    if (count != 2) return fprintf(stderr, "usage: %s PROBLEMS <QUESTIONS\n", arguments[0]), 2;
    std::map<std::string, Chosen> known;
    for (std::string line; std::getline(std::cin, line);) {
        const Question q = Question::parse(line);
        const std::string key = q.name() + q.precision;
        if (!known.count(key)) known[key] = choose(q, arguments[1], variants);
        answer(name, q, known[key]);
    }
    return 0;
}

}  // namespace peer
