namespace Mesh;

/// <summary>What a stream is, and so which actor serves it. The numbers are stored: never change one.</summary>
public enum StreamKind : byte
{
    /// <summary>One tree of RSE channels; a sub-channel is a key.</summary>
    Channel = 1,

    /// <summary>One Zaqar queue.</summary>
    Queue = 2,

    /// <summary>One Redis stream key or rotera queue.</summary>
    Ring = 3,

    /// <summary>One log of protobus events; a topic is a key.</summary>
    Partition = 4,

    /// <summary>One pub/sub audience.</summary>
    Room = 5,
}

/// <summary>The full name of a stream: the tenant, the kind and the name within them. Compared exactly.</summary>
public readonly record struct StreamName(string Project, StreamKind Kind, string Name)
{
    /// <summary>The project of doors that know no tenants.</summary>
    public const string DefaultProject = "default";

    /// <summary>Projects that begin with it are for what Mesh and its doors keep for themselves; no door lets a client name one.</summary>
    public const char InnerMark = '\u001f';

    /// <summary>True for a stream that no client can name.</summary>
    public bool IsInner => Project.StartsWith(InnerMark);

    public static StreamName Channel(string name, string project = DefaultProject) => new(project, StreamKind.Channel, name);

    public static StreamName Queue(string name, string project = DefaultProject) => new(project, StreamKind.Queue, name);

    public static StreamName Ring(string name, string project = DefaultProject) => new(project, StreamKind.Ring, name);

    public static StreamName Partition(string name, string project = DefaultProject) => new(project, StreamKind.Partition, name);

    /// <summary>A room's history. Rooms know no tenants: what is appended to those of <see cref="DefaultProject"/> is heard by who listens there.</summary>
    public static StreamName Room(string name, string project = DefaultProject) => new(project, StreamKind.Room, name);

    public override string ToString() => $"{Project}/{Kind}:{Name}";
}

/// <summary>Given to a stream when it is created and never given again, so that a stream of the same name made later is another one.</summary>
public readonly record struct StreamNumber(long Value);
