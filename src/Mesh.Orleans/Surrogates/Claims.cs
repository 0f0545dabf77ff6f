namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct ClaimIdForm
{
    [Id(0)]
    public Guid Value;
}

[RegisterConverter]
internal sealed class ClaimIdConverter : IConverter<ClaimId, ClaimIdForm>
{
    public ClaimId ConvertFromSurrogate(in ClaimIdForm surrogate) => new(surrogate.Value);

    public ClaimIdForm ConvertToSurrogate(in ClaimId value) => new() { Value = value.Value };
}

[GenerateSerializer, Immutable]
internal struct ClaimTermsForm
{
    [Id(0)]
    public TimeSpan VisibilityTimeout;

    [Id(1)]
    public TimeSpan Grace;
}

[RegisterConverter]
internal sealed class ClaimTermsConverter : IConverter<ClaimTerms, ClaimTermsForm>
{
    public ClaimTerms ConvertFromSurrogate(in ClaimTermsForm surrogate) => new(surrogate.VisibilityTimeout, surrogate.Grace);

    public ClaimTermsForm ConvertToSurrogate(in ClaimTerms value) => new() { VisibilityTimeout = value.VisibilityTimeout, Grace = value.Grace };
}

[GenerateSerializer, Immutable]
internal struct ClaimResultForm
{
    [Id(0)]
    public ClaimId? Id;

    [Id(1)]
    public QueuePage Page;
}

[RegisterConverter]
internal sealed class ClaimResultConverter : IConverter<ClaimResult, ClaimResultForm>
{
    public ClaimResult ConvertFromSurrogate(in ClaimResultForm surrogate) => new(surrogate.Id, surrogate.Page);

    public ClaimResultForm ConvertToSurrogate(in ClaimResult value) => new() { Id = value.Id, Page = value.Page };
}

[GenerateSerializer, Immutable]
internal struct ClaimViewForm
{
    [Id(0)]
    public ClaimId Id;

    [Id(1)]
    public TimeSpan VisibilityTimeout;

    [Id(2)]
    public TimeSpan Age;

    [Id(3)]
    public QueuePage Page;
}

[RegisterConverter]
internal sealed class ClaimViewConverter : IConverter<ClaimView, ClaimViewForm>
{
    public ClaimView ConvertFromSurrogate(in ClaimViewForm surrogate) => new(surrogate.Id, surrogate.VisibilityTimeout, surrogate.Age, surrogate.Page);

    public ClaimViewForm ConvertToSurrogate(in ClaimView value) =>
        new() { Id = value.Id, VisibilityTimeout = value.VisibilityTimeout, Age = value.Age, Page = value.Page };
}
