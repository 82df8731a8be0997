using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CsCheck;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// What people without sense fill into forms that all may open, with the token that lets it through. The app is nobody
/// else's: a program that turned the clinic's texts off would have turned the form for them off too.
/// </summary>
public sealed class FormFuzzTests(FuzzedApp app) : IClassFixture<FuzzedApp>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_strangers_fill_into_a_form_breaks_nothing()
    {
        await app.StartAsync();
        var forms = await OpenForm.OfAsync(app);
        Assert.Equal(
            ["answers", "choose-password", "open", "opt-in", "passkey", "pre-visit", "sign-in"],
            forms.Select(form => form.Name).Order(StringComparer.Ordinal)
        );
        var callers = app.Callers();
        var (sent, understood) = (0, new ConcurrentBag<string>());
        var filled = Gen.OneOfConst(forms.ToArray())
            .SelectMany(form =>
                Gen.Select(
                        // Short: a form over its size is turned away as a whole.
                        Mutations.Form(
                            200,
                            [.. form.Fields, "Input", "Input[0].Name", "answer.q99"]
                        ),
                        Mutations.Noise,
                        Gen.Int[0, 9]
                    )
                    .Select((words, noise, chance) => (form, words, noise, chance))
            );

        await Gen.Select(filled, Gen.OneOfConst(callers))
            .SampleAsync(
                async (sample, caller) =>
                {
                    var (form, words, noise, chance) = sample;
                    using var request = new HttpRequestMessage(HttpMethod.Post, form.Address);
                    request.Headers.TryAddWithoutValidation("Accept", "text/html");
                    request.Headers.TryAddWithoutValidation("Cookie", form.Cookies);
                    request.Content = chance == 0 ? form.SentAsFiles(noise) : form.Sent(words);
                    using var answer = await caller.SendAsync(request, Cancellation);
                    Assert.True(
                        (int)answer.StatusCode < 500,
                        $"{form.Name}: {(int)answer.StatusCode} for {Encoding.UTF8.GetString(words)}"
                    );
                    Interlocked.Increment(ref sent);
                    if (
                        answer.StatusCode
                        is not (HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests)
                    )
                    {
                        understood.Add(form.Name);
                    }
                },
                iter: FuzzedApp.Bodies / 6,
                threads: 2
            );

        Array.ForEach(callers, c => c.Dispose());
        app.AssertQuiet();
        // They were read as forms, and not turned away before anything looked at them.
        Assert.True(understood.Count > sent / 2, $"{understood.Count} of {sent}");
        Assert.Equal(
            forms.Select(form => form.Name).Order(StringComparer.Ordinal),
            understood.Distinct().Order(StringComparer.Ordinal)
        );
    }
}
