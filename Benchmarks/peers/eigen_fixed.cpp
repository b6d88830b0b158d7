// Eigen with every size known to the compiler; batches are a loop over it.
#include "eigen_fixed.hpp"

int main(int count, char** arguments) {
    return peer::serve("eigen-fixed", count, arguments, [](const Question& q, const Problem& p) {
        const auto sized = fixed_sizes().find({q.d, q.n});
        const bool served = q.evaluation == "gradient" || (q.evaluation == "batch" && q.n <= 8);
        return served && sized != fixed_sizes().end() ? sized->second(q, p) : std::vector<Variant>{};
    });
}
