using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>Which hosts can show a guest the processor that it is to see, or has seen.</summary>
public sealed class ProcessorFitTests
{
    private static readonly HostProcessor Skylake = new()
    {
        Model = "Skylake",
        Features = ["pdcm", "vmx"],
        Models = ["Haswell", "Skylake"],
    };

    private static readonly HostProcessor Icelake = new()
    {
        Model = "Icelake",
        Features = ["vmx"],
        Models = ["Haswell", "Icelake", "Skylake"],
    };

    private static readonly HostProcessor Bare = Skylake with { Features = ["vmx"] };

    private static readonly HostProcessor Haswell = new() { Model = "Haswell", Models = ["Haswell"] };

    /// <summary>The model; the host that the guest comes from; the host; why it cannot be there.</summary>
    public static TheoryData<string?, string?, string?, string?> Rows =>
        new()
        {
            { null, null, "Haswell", null },
            { "host-model", null, "Haswell", null },
            { "host-passthrough", null, "Haswell", null },
            { "Skylake", null, "Skylake", null },
            { "Skylake", null, "Icelake", null },
            { "Skylake", null, "Haswell", "cannot show CPU model Skylake" },
            { "Skylake", null, null, null },
            { "Skylake", "Skylake", "Haswell", "cannot show CPU model Skylake" },
            { null, "Skylake", "Skylake", null },
            { null, "Skylake", "Icelake", null },
            { "host-model", "Skylake", "Haswell", "cannot show CPU model Skylake" },
            { "host-model", "Skylake", "Bare", "lacks the CPU feature pdcm" },
            { "host-model", "Bare", "Skylake", null },
            { "host-model", "Skylake", null, null },
            { "host-model", null, "Icelake", null },
            { "host-passthrough", "Skylake", "Skylake", null },
            { "host-passthrough", "Bare", "Skylake", null },
            { "host-passthrough", "Skylake", "Bare", "lacks the CPU feature pdcm" },
            {
                "host-passthrough",
                "Skylake",
                "Icelake",
                "has CPU model Icelake, the guest sees Skylake (host-passthrough)"
            },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_guest_goes_only_where_it_can_be_shown_its_processor(
        string? model,
        string? from,
        string? here,
        string? why
    ) => ProcessorFit.WhyNot(model, Of(here), Of(from)).SingleOrDefault().ShouldBe(why);

    private static HostProcessor? Of(string? name) =>
        name switch
        {
            "Skylake" => Skylake,
            "Icelake" => Icelake,
            "Bare" => Bare,
            "Haswell" => Haswell,
            _ => null,
        };
}
