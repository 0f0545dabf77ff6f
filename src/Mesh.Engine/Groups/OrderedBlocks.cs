namespace Mesh.Engine.Groups;

/// <summary>What has a place by its id.</summary>
internal interface IOrdered
{
    RingId Id { get; }
}

/// <summary>
/// Values in the order of their ids, in blocks of neighbours: what is added at the end and taken from the beginning costs a step and, amortised, no allocation,
/// and any other place a search and a short move. Not thread-safe.
/// </summary>
internal sealed class OrderedBlocks<T>
    where T : struct, IOrdered
{
    private const int BlockMax = 128;

    private readonly List<Block> _blocks = [];
    private Block? _spare;

    public int Count { get; private set; }

    public RingId First => Count == 0 ? RingId.None : _blocks[0].Items[0].Id;

    public RingId Last => Count == 0 ? RingId.None : _blocks[^1].Items[_blocks[^1].Count - 1].Id;

    /// <summary>Adds a value, or puts it in the place of the one with its id.</summary>
    /// <returns>False when it was put in another's place.</returns>
    public bool Set(in T value)
    {
        if (Count == 0 || value.Id > Last)
        {
            Append(value);
            return true;
        }

        var (block, index, isThere) = Find(value.Id);
        if (isThere)
        {
            _blocks[block].Items[index] = value;
            return false;
        }

        if (_blocks[block].Count == BlockMax) (block, index) = Split(block, index);
        _blocks[block].Insert(index, value);
        Count++;
        return true;
    }

    public bool TryGet(RingId id, out T value)
    {
        value = default;
        if (Count == 0) return false;
        var (block, index, isThere) = Find(id);
        if (isThere) value = _blocks[block].Items[index];
        return isThere;
    }

    /// <summary>Finds a value by something else that ascends as ids do.</summary>
    /// <param name="compare">Less than zero when the value comes before the one looked for, more when after.</param>
    /// <param name="found">The value.</param>
    public bool TryFind(Func<T, int> compare, out T found)
    {
        var first = 0;
        for (var end = _blocks.Count - 1; first < end;)
        {
            var middle = (first + end + 1) / 2;
            if (compare(_blocks[middle].Items[0]) <= 0) first = middle;
            else end = middle - 1;
        }

        found = default;
        if (Count == 0) return false;
        var block = _blocks[first];
        for (int from = 0, to = block.Count - 1; from <= to;)
        {
            var middle = (from + to) / 2;
            var order = compare(found = block.Items[middle]);
            if (order == 0) return true;
            if (order < 0) from = middle + 1;
            else to = middle - 1;
        }

        return false;
    }

    public bool Remove(RingId id, out T removed)
    {
        removed = default;
        if (Count == 0) return false;
        var (block, index, isThere) = Find(id);
        if (!isThere) return false;
        removed = _blocks[block].Items[index];
        _blocks[block].RemoveAt(index);
        Count--;
        if (_blocks[block].Count > 0) return true;
        _spare = _blocks[block];
        _blocks.RemoveAt(block);
        return true;
    }

    /// <summary>The values with this id or greater ones, in order. Must not be changed meanwhile.</summary>
    public IEnumerable<T> From(RingId id)
    {
        if (Count == 0) yield break;
        var (block, index, _) = Find(id);
        for (; block < _blocks.Count; block++, index = 0)
            for (; index < _blocks[block].Count; index++) yield return _blocks[block].Items[index];
    }

    /// <summary>Where an id is, or would be.</summary>
    private (int Block, int Index, bool IsThere) Find(RingId id)
    {
        int low = 0, high = _blocks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_blocks[middle].Items[0].Id <= id) low = middle;
            else high = middle - 1;
        }

        var block = _blocks[low];
        int from = 0, to = block.Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (block.Items[middle].Id < id) from = middle + 1;
            else to = middle;
        }

        return (low, from, from < block.Count && block.Items[from].Id == id);
    }

    private void Append(in T value)
    {
        if (_blocks.Count == 0 || _blocks[^1].Count == BlockMax) _blocks.Add(NewBlock());
        var last = _blocks[^1];
        last.Insert(last.Count, value);
        Count++;
    }

    private (int Block, int Index) Split(int block, int index)
    {
        var left = _blocks[block];
        var right = NewBlock();
        left.MoveTo(right, BlockMax / 2);
        _blocks.Insert(block + 1, right);
        return index <= left.Count ? (block, index) : (block + 1, index - left.Count);
    }

    private Block NewBlock()
    {
        var block = _spare ?? new Block();
        _spare = null;
        return block;
    }

    private sealed class Block
    {
        public T[] Items { get; } = new T[BlockMax];

        public int Count { get; private set; }

        public void Insert(int index, in T value)
        {
            Array.Copy(Items, index, Items, index + 1, Count - index);
            Items[index] = value;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Count--;
            Array.Copy(Items, index + 1, Items, index, Count - index);
            Items[Count] = default;
        }

        public void MoveTo(Block empty, int from)
        {
            Array.Copy(Items, from, empty.Items, 0, Count - from);
            Array.Clear(Items, from, Count - from);
            (empty.Count, Count) = (Count - from, from);
        }
    }
}
