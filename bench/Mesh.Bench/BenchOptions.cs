using System.Globalization;

namespace Mesh.Bench;

/// <summary>How long and how often the bench measures.</summary>
/// <param name="Runs">Turns of each test. Default 5; 1 to 100.</param>
/// <param name="Duration">Of one run of a load that is timed. Default 3 s; from 1 s.</param>
/// <param name="Scale">Share of the full size of tests that fill a store. Default 1; 0.001 to 10.</param>
internal sealed record BenchOptions(int Runs, TimeSpan Duration, double Scale)
{
    /// <param name="args">Names of tests, and <c>--runs n</c>, <c>--seconds n</c>, <c>--scale x</c>.</param>
    /// <param name="tests">The names.</param>
    /// <exception cref="ArgumentException">An argument is not right.</exception>
    public static BenchOptions Parse(string[] args, out IReadOnlyList<string> tests)
    {
        var (runs, seconds, scale) = (5.0, 3.0, 1.0);
        var names = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--runs") runs = Number(args, ++i, 1, 100);
            else if (args[i] == "--seconds") seconds = Number(args, ++i, 1, 600);
            else if (args[i] == "--scale") scale = Number(args, ++i, 0.001, 10);
            else names.Add(args[i]);
        }

        tests = names;
        return new BenchOptions((int)runs, TimeSpan.FromSeconds(seconds), scale);
    }

    private static double Number(string[] args, int at, double min, double max) =>
        at < args.Length && double.TryParse(args[at], CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentException($"{args[at - 1]} takes a number from {min} to {max}; it got {(at < args.Length ? args[at] : "none")}.");
}
