namespace Mesh.Protocols.Resp.Parsing;

/// <summary>A copy of a command's arguments, for a command that runs later.</summary>
internal sealed class SavedArguments
{
    private readonly byte[] _bytes;
    private readonly ArgumentPlace[] _places;

    public SavedArguments(RespArguments arguments)
    {
        var wire = arguments.WireFrom(0);
        _bytes = wire.ToArray();
        _places = new ArgumentPlace[arguments.Count];
        var shift = arguments.HeaderOffset(0);
        for (var i = 0; i < _places.Length; i++) _places[i] = arguments.PlaceOf(i).MovedBack(shift);
    }

    /// <summary>How many it holds.</summary>
    public int Bytes => _bytes.Length;

    public RespArguments Arguments => new(_bytes, _places);
}
