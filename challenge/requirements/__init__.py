"""Technical needs: posted by seekers, screened by organizers, published in two faces."""
