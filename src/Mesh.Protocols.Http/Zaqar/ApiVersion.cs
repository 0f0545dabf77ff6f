namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// One version of Zaqar's interface. Everything in which the versions differ stands here, and the methods that each resource has in <see cref="ZaqarRoute"/>;
/// the resources ask this table and know no version by name (Zaqar specification, sections 0 to 2).
/// </summary>
internal sealed record ApiVersion
{
    public static readonly ApiVersion V1 = new()
    {
        Id = "1",
        Status = "DEPRECATED",
        Updated = "2014-9-11T17:47:05Z",
        Paths = new ZaqarPaths("/v1"),
        HeadersAreOptional = true,
        QueuesMustExist = true,
        EmptyPagesHaveNoContent = true,
        ListsAreBare = true,
        PostsSayPartial = true,
        AnswersNameTheirLocation = true,
        TermsAreRequired = true,
        MetadataIsApart = true,
    };

    public static readonly ApiVersion V1_1 = new()
    {
        Id = "1.1",
        Status = "DEPRECATED",
        Updated = "2016-7-29T02:22:47Z",
        Paths = new ZaqarPaths("/v1.1"),
        MessagesHaveIds = true,
        ClaimsShowEverywhere = true,
        MessagesPop = true,
    };

    public static readonly ApiVersion V2 = new()
    {
        Id = "2",
        Status = "CURRENT",
        Updated = "2014-9-24T04:06:47Z",
        Paths = new ZaqarPaths("/v2"),
        MessagesHaveIds = true,
        ClaimsShowEverywhere = true,
        MessagesPop = true,
        MessagesMayBeDelayed = true,
        ReservedKeysShow = true,
        QueuesAreFiltered = true,
    };

    /// <summary>Oldest first.</summary>
    public static readonly ApiVersion[] All = [V1, V1_1, V2];

    private ApiVersion()
    {
    }

    public required string Id { get; init; }

    public required string Status { get; init; }

    /// <summary>As Zaqar's own list of versions has it.</summary>
    public required string Updated { get; init; }

    public required ZaqarPaths Paths { get; init; }

    /// <summary>Client-ID is needed only to post and list messages, and no project is a project too.</summary>
    public bool HeadersAreOptional { get; private init; }

    /// <summary>A post does not make its queue, and a missing queue is not found.</summary>
    public bool QueuesMustExist { get; private init; }

    /// <summary>A page with nothing on it is answered 204.</summary>
    public bool EmptyPagesHaveNoContent { get; private init; }

    /// <summary>Posts, claims and messages by id are arrays without an object around them.</summary>
    public bool ListsAreBare { get; private init; }

    /// <summary>The answer to a post says that it is whole.</summary>
    public bool PostsSayPartial { get; private init; }

    /// <summary>What is read says in Content-Location where it is.</summary>
    public bool AnswersNameTheirLocation { get; private init; }

    /// <summary>A message needs its ttl, a claim its ttl and grace; a renewal without a grace has none.</summary>
    public bool TermsAreRequired { get; private init; }

    /// <summary>A queue's metadata is a resource of its own, without reserved keys; the queue itself shows nothing.</summary>
    public bool MetadataIsApart { get; private init; }

    /// <summary>A message shows its id beside its link.</summary>
    public bool MessagesHaveIds { get; private init; }

    /// <summary>The link of a claimed message names the claim wherever it stands, not only in the answer to the claim.</summary>
    public bool ClaimsShowEverywhere { get; private init; }

    /// <summary>Messages can be taken out for good.</summary>
    public bool MessagesPop { get; private init; }

    /// <summary>A message may have a delay, and a list may show those that are not due.</summary>
    public bool MessagesMayBeDelayed { get; private init; }

    /// <summary>Metadata shows the reserved keys with their defaults.</summary>
    public bool ReservedKeysShow { get; private init; }

    /// <summary>Lists of queues take filters and count.</summary>
    public bool QueuesAreFiltered { get; private init; }
}
