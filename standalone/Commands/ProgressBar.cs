using System.Globalization;

namespace Mesh.Standalone.Commands;

/// <summary>Shows on standard error how far something has come, if that is a terminal. Not thread-safe.</summary>
internal sealed class ProgressBar(string what)
{
    private const int Cells = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = !Console.IsErrorRedirected;
    private long _shownAt;

    public void Show(long done, long total)
    {
        if (!_isShown || (done < total && TimeProvider.System.GetElapsedTime(_shownAt) < Pause)) return;
        _shownAt = TimeProvider.System.GetTimestamp();
        Console.Error.Write($"\r{Line(what, done, total)}");
        if (done >= total) Console.Error.WriteLine();
    }

    internal static string Line(string what, long done, long total)
    {
        var part = total <= 0 ? 1 : Math.Min(1, done / (double)total);
        var full = (int)(part * Cells);
        return string.Create(CultureInfo.InvariantCulture, $"{what} [{new string('#', full)}{new string('.', Cells - full)}] {part * 100:0}%");
    }
}
