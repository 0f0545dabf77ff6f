namespace Mesh.Addresses;

/// <summary>What an address names; its word is the name in lower case.</summary>
public enum AddressKind
{
    /// <summary>A tree of channels, or the records of one of its channels.</summary>
    Channel,

    Queue,

    Ring,

    /// <summary>The records of one topic, wherever its home is.</summary>
    Topic,

    /// <summary>A whole partition.</summary>
    Partition,

    Room,
}
