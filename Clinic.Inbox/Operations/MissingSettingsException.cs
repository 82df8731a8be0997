using Clinic.Inbox.Carrier;

namespace Clinic.Inbox.Operations;

/// <summary>The app can't start: its message names what is missing, a setting a line.</summary>
public sealed class MissingSettingsException : Exception
{
    private MissingSettingsException(IEnumerable<string> settings)
        : base(string.Join(Environment.NewLine, settings)) { }

    /// <summary>Outside Development there is no simulator, so there must be a carrier.</summary>
    /// <exception cref="MissingSettingsException">There is none.</exception>
    public static void ThrowIfAny(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
        {
            return;
        }
        var missing = VonageOptions.Missing(configuration);
        if (missing.Count > 0)
        {
            throw new MissingSettingsException(missing);
        }
    }
}
