namespace Mesh.Engine.Log;

/// <summary>A queue that can be read at any index: items come at the end and go at the front. Not thread-safe.</summary>
public sealed class Deque<T>
{
    private T[] _items = [];
    private int _start;

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[(_start + index) & (_items.Length - 1)];

    public void Add(T item)
    {
        if (Count == _items.Length) Grow();
        Count++;
        this[Count - 1] = item;
    }

    public void RemoveFirst(int count = 1)
    {
        for (var i = 0; i < count; i++) this[i] = default!;
        _start = (_start + count) & (_items.Length - 1);
        Count -= count;
        if (Count == 0) _start = 0;
    }

    public void Clear()
    {
        _items = [];
        _start = 0;
        Count = 0;
    }

    /// <summary>The last index whose item is at or before what is sought; -1 when all are after it.</summary>
    /// <param name="sought">Handed to <paramref name="isAfter"/>.</param>
    /// <param name="isAfter">True for items after what is sought; they stand at the end.</param>
    public int FindLast<TSought>(TSought sought, Func<T, TSought, bool> isAfter)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (isAfter(this[middle], sought)) high = middle;
            else low = middle + 1;
        }

        return low - 1;
    }

    private void Grow()
    {
        var larger = new T[Math.Max(1, _items.Length * 2)];
        for (var i = 0; i < Count; i++) larger[i] = this[i];
        _items = larger;
        _start = 0;
    }
}
