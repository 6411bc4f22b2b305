using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What two hosts agree on before a guest moves.</summary>
public sealed class MoveTermsTests
{
    [Theory]
    [InlineData("Memory", true, true, true)]
    [InlineData("Disks", true, true, true)]
    [InlineData("Memory", true, false, false)]
    [InlineData("Memory", false, true, false)]
    [InlineData("Control", true, true, false)]
    public void Plain_text_is_what_both_hosts_want_and_never_what_is_agreed_on(
        string channel,
        bool isTaken,
        bool isWanted,
        bool isPlain
    ) =>
        new MoveTerms("/state", []) { InPlainText = isTaken }
            .IsPlain(Enum.Parse<MoveChannel>(channel), isWanted)
            .ShouldBe(isPlain);
}
