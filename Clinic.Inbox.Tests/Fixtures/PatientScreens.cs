using System.Runtime.CompilerServices;
using Bunit;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>bUnit looks for a second by itself; on two cores, with several tests at once, a screen may take its time.</summary>
internal static class PatientScreens
{
    [ModuleInitializer]
    internal static void BePatient() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(60);
}
