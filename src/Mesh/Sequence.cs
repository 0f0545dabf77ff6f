namespace Mesh;

/// <summary>Place of a record in one stream. The first record is 1; 0 means "nothing yet". Never reused, without gaps.</summary>
public readonly record struct Sequence(long Value) : IComparable<Sequence>
{
    /// <summary>Before the first record.</summary>
    public static readonly Sequence None = new(0);

    public static readonly Sequence First = new(1);

    public static readonly Sequence Max = new(long.MaxValue);

    public Sequence Next() => new(checked(Value + 1));

    public Sequence Plus(long records) => new(checked(Value + records));

    public int CompareTo(Sequence other) => Value.CompareTo(other.Value);

    public static bool operator <(Sequence left, Sequence right) => left.Value < right.Value;

    public static bool operator >(Sequence left, Sequence right) => left.Value > right.Value;

    public static bool operator <=(Sequence left, Sequence right) => left.Value <= right.Value;

    public static bool operator >=(Sequence left, Sequence right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
