using System.Diagnostics;
using Unmask.Benchmarks.Asking;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Files of problems and expected answers, written once by peers/reference and read by everybody.</summary>
internal static class Problems
{
    public static void Write(Places places, IEnumerable<Question> questions)
    {
        var missing = questions.DistinctBy(q => q.File).Where(q => !File.Exists(Path.Combine(places.Problems, q.File))).ToArray();
        if (missing.Length == 0) return;
        Directory.CreateDirectory(places.Problems);
        var start = new ProcessStartInfo(places.Peer("reference"), [places.Problems]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var reference = Process.Start(start) ?? throw new InvalidOperationException("peers/build/reference does not start.");
        var written = reference.StandardOutput.ReadToEndAsync();
        foreach (var q in missing) reference.StandardInput.WriteLine(q.Line);
        reference.StandardInput.Close();
        _ = written.Result;
        reference.WaitForExit();
        if (reference.ExitCode != 0) throw new InvalidOperationException("peers/build/reference failed.");
    }
}
