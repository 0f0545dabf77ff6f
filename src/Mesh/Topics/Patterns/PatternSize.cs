namespace Mesh.Topics.Patterns;

/// <summary>How large a pattern is with its repetitions written out; what a match may cost grows with it. Also knows what can be repeated.</summary>
internal sealed class PatternSize(int max)
{
    private readonly Stack<int> _groups = new();
    private int _total;
    private int? _last;

    /// <summary>Something that takes characters, and may be repeated.</summary>
    public void Item(int size)
    {
        _last = size;
        Add(size);
    }

    /// <summary>An anchor or a bar: nothing of it can be repeated.</summary>
    public void Mark()
    {
        _last = null;
        Add(1);
    }

    public void Open()
    {
        if (_groups.Count == PythonRegex.DepthMax) throw new PatternException($"its groups lie deeper than {PythonRegex.DepthMax}.");
        _groups.Push(_total);
        _last = null;
    }

    public bool TryClose()
    {
        if (!_groups.TryPop(out var before)) return false;
        _last = Math.Max(1, _total - before);
        return true;
    }

    public bool IsOpen => _groups.Count > 0;

    /// <summary>The item before is repeated up to so many times.</summary>
    public void Repeat(char sign, int times)
    {
        if (_last is not { } size) throw new PatternException($"there is nothing before '{sign}' that can be repeated.");
        Add(Math.Max(0, times - 1) * (long)size);
        _last = null;
    }

    private void Add(long size)
    {
        if (_total + size > max)
            throw new PatternException($"with its repetitions written out it has more than {max} parts. Repeat less.");
        _total += (int)size;
    }
}
