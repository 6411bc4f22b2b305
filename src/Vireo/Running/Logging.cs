using Microsoft.Extensions.Logging;

namespace Vireo.Running;

/// <summary>Where the program's log goes: standard error, one line an event.</summary>
internal static class Logging
{
    public static ILoggerFactory Create(LogLevel least = LogLevel.Information) =>
        LoggerFactory.Create(builder =>
            builder
                .AddSimpleConsole(options =>
                {
                    options.SingleLine = true;
                    options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                    options.UseUtcTimestamp = true;
                })
                .AddFilter("Microsoft", LogLevel.Warning)
                .SetMinimumLevel(least)
        );
}
