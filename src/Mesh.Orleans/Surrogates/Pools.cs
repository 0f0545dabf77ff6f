using System.Diagnostics;

namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct PoolForm
{
    [Id(0)]
    public string Name;

    [Id(1)]
    public string Uri;

    [Id(2)]
    public int Weight;

    [Id(3)]
    public string? Flavor;

    [Id(4)]
    public ReadOnlyMemory<byte> Options;
}

[RegisterConverter]
internal sealed class PoolConverter : IConverter<Pool, PoolForm>
{
    public Pool ConvertFromSurrogate(in PoolForm surrogate) => new(surrogate.Name, surrogate.Uri, surrogate.Weight, surrogate.Flavor, surrogate.Options);

    public PoolForm ConvertToSurrogate(in Pool value) => new() { Name = value.Name, Uri = value.Uri, Weight = value.Weight, Flavor = value.Flavor, Options = value.Options };
}

[GenerateSerializer, Immutable]
internal struct FlavorForm
{
    [Id(0)]
    public string Name;

    [Id(1)]
    public string[] Pools;
}

[RegisterConverter]
internal sealed class FlavorConverter : IConverter<Flavor, FlavorForm>
{
    public Flavor ConvertFromSurrogate(in FlavorForm surrogate) => new(surrogate.Name, surrogate.Pools);

    public FlavorForm ConvertToSurrogate(in Flavor value) => new() { Name = value.Name, Pools = [.. value.Pools] };
}

/// <summary>One form for all cases: which one, and its value.</summary>
[GenerateSerializer, Immutable]
internal struct PoolChangeForm
{
    [Id(0)]
    public byte Case;

    [Id(1)]
    public bool IsNew;

    [Id(2)]
    public string? Text;

    [Id(3)]
    public StreamName Stream;

    public static PoolChangeForm Of(PoolChange change) => change switch
    {
        PoolChange.Done done => new() { Case = 0, IsNew = done.IsNew },
        PoolChange.UriTaken taken => new() { Case = 1, Text = taken.Pool },
        PoolChange.Unusable unusable => new() { Case = 2, Text = unusable.Reason },
        PoolChange.HoldsQueues holds => new() { Case = 3, Stream = holds.First },
        PoolChange.InFlavor named => new() { Case = 4, Text = named.Flavor },
        PoolChange.NoSuchPool missing => new() { Case = 5, Text = missing.Pool },
        _ => throw new UnreachableException($"No form for {change}."),
    };

    public readonly PoolChange ToChange() => Case switch
    {
        0 => new PoolChange.Done(IsNew),
        1 => new PoolChange.UriTaken(Text!),
        2 => new PoolChange.Unusable(Text!),
        3 => new PoolChange.HoldsQueues(Stream),
        4 => new PoolChange.InFlavor(Text!),
        5 => new PoolChange.NoSuchPool(Text!),
        _ => throw new UnreachableException($"No change of pools has the form {Case}."),
    };
}

/// <summary>Each case needs a converter of its own, for Orleans looks for that of the very type.</summary>
internal abstract class PoolChangeConverter<T> : IConverter<T, PoolChangeForm>
    where T : PoolChange
{
    public T ConvertFromSurrogate(in PoolChangeForm surrogate) => (T)surrogate.ToChange();

    public PoolChangeForm ConvertToSurrogate(in T value) => PoolChangeForm.Of(value);
}

[RegisterConverter]
internal sealed class DoneConverter : PoolChangeConverter<PoolChange.Done>;

[RegisterConverter]
internal sealed class UriTakenConverter : PoolChangeConverter<PoolChange.UriTaken>;

[RegisterConverter]
internal sealed class UnusableConverter : PoolChangeConverter<PoolChange.Unusable>;

[RegisterConverter]
internal sealed class HoldsQueuesConverter : PoolChangeConverter<PoolChange.HoldsQueues>;

[RegisterConverter]
internal sealed class InFlavorConverter : PoolChangeConverter<PoolChange.InFlavor>;

[RegisterConverter]
internal sealed class NoSuchPoolConverter : PoolChangeConverter<PoolChange.NoSuchPool>;
