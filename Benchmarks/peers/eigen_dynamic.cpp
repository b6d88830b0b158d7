// Eigen with sizes known when running.
#include "eigen_directions.hpp"

namespace {

template <class T, int O, Contiguous C>
using Dynamic = EigenGradient<T, Eigen::Dynamic, Eigen::Dynamic, O, C>;

template <class T>
std::vector<Variant> gradients(const Question& q, const Problem& p) {
    std::vector<Variant> all{eigen_variant<Dynamic<T, Eigen::RowMajor, Contiguous::rows>>("row-major", q, p),
                             eigen_variant<Dynamic<T, Eigen::ColMajor, Contiguous::rows>>("column-major, map row-major", q, p)};
    if (q.n <= 64) all.push_back(eigen_variant<Dynamic<T, Eigen::ColMajor, Contiguous::columns>>("column-major", q, p));
    return all;
}

template <class T>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    using Directions = EigenDirections<T>;
    if (q.evaluation == "gradient") return gradients<T>(q, p);
    if (q.model == "output" || q.evaluation == "batch") return {};
    if (q.evaluation == "hessian") return {direction_variant<T>("row-major", q, p, &Directions::hessian)};
    std::vector<Variant> all{direction_variant<T>("row-major", q, p, &Directions::gauss_newton)};
    if (q.model == "scores") all.push_back(direction_variant<T>("structured", q, p, &Directions::structured));
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    return peer::serve("eigen-dynamic", count, arguments, [](const Question& q, const Problem& p) {
        return q.precision == "float" ? variants<float>(q, p) : variants<double>(q, p);
    });
}
