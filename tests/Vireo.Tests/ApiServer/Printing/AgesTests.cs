using Vireo.ApiServer.Printing;

namespace Vireo.Tests.ApiServer.Printing;

public sealed class AgesTests
{
    private const int Minute = 60;
    private const int Hour = 3600;
    private const int Day = 24 * Hour;
    private const int Year = 365 * Day;

    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData((5 * Minute) + 30, "5m30s")]
    [InlineData((10 * Minute) + 30, "10m")]
    [InlineData((2 * Hour) + (59 * Minute), "179m")]
    [InlineData(3 * Hour, "3h")]
    [InlineData((3 * Hour) + (20 * Minute), "3h20m")]
    [InlineData((8 * Hour) + (20 * Minute), "8h")]
    [InlineData((2 * Day) - 1, "47h")]
    [InlineData(2 * Day, "2d")]
    [InlineData((3 * Day) + (2 * Hour), "3d2h")]
    [InlineData((8 * Day) + (2 * Hour), "8d")]
    [InlineData((2 * Year) - 1, "729d")]
    [InlineData((2 * Year) + (5 * Day), "2y5d")]
    [InlineData(9 * Year, "9y")]
    public void An_age_reads_as_kubectl_writes_it(int seconds, string text) =>
        Ages.Text(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
